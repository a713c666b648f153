use std::time::Duration;

use ledgerline_jobs::{
    Options,
    engine::{
        outcome::End,
        rates::{self, Done},
    },
    imports::PlanImport,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;

fn done(succeeded: i64, failed: i64, dead: i64) -> Done {
    let mut done = Done { succeeded, failed, dead, ..Done::default() };
    for _ in 0..succeeded + failed + dead {
        done.waits.add(Duration::from_millis(10));
        done.runs.add(Duration::from_millis(200));
    }
    if failed + dead > 0 {
        done.last_error = Some(("no such file: ada@example.com".to_owned(), Uuid::nil()));
    }
    done
}

#[tokio::test]
async fn adds_up_what_nodes_wrote_by_step_queue_and_kind() {
    let mut stage = Stage::new().await;
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    for node in [one, two] {
        rates::write(&mut stage.sql, node, "imports.chunk", "imports", &done(8, 1, 1)).await.unwrap();
    }
    rates::write(&mut stage.sql, one, "mail.send", "mail", &done(5, 0, 0)).await.unwrap();
    stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    rates::sample(&mut stage.sql).await.unwrap();
    for (range, steps, seconds) in [("hour", 60, 60), ("day", 96, 900), ("week", 168, 3600)] {
        let history = stage.get(&format!("history?range={range}")).await;
        assert_eq!((history["steps"].as_array().unwrap().len(), &history["stepSeconds"]), (steps, &json!(seconds)));
        let total = &history["total"];
        assert_eq!(
            (&total["succeeded"], &total["failed"], &total["depth"]),
            (&json!(21), &json!(4), &json!(1)),
            "{range}"
        );
        let p95 = total["run"]["p95"].as_f64().unwrap();
        assert!((0.15..0.3).contains(&p95), "{p95}");
        // the step may have turned between writing and reading
        let latest: i64 = history["steps"].as_array().unwrap()[steps - 2..]
            .iter()
            .map(|step| step["succeeded"].as_i64().unwrap())
            .sum();
        assert_eq!(latest, 21);
        let names: Vec<&str> =
            history["queues"].as_array().unwrap().iter().map(|queue| queue["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["imports", "mail"]);
        let failing = history["failing"].as_array().unwrap();
        assert_eq!(failing.len(), 1);
        assert_eq!(
            (&failing[0]["kind"], &failing[0]["failed"], &failing[0]["died"]),
            (&json!("imports.chunk"), &json!(4), &json!(2))
        );
        let error = failing[0]["lastError"].as_str().unwrap();
        assert!(error.starts_with("no such file") && !error.contains("ada@"), "{error}");
    }
    stage.operator.get("/api/console/history?range=year").await.problem(400, "invalid_query");
}

#[tokio::test]
async fn names_kinds_that_are_dead_although_nothing_failed_lately() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.end(id, End::Dead, "connection refused").await;
    let history = stage.get("history").await;
    let failing = &history["failing"][0];
    assert_eq!((&failing["kind"], &failing["deadNow"]["count"]), (&json!("imports.plan"), &json!(1)));
    assert_eq!((&failing["lastError"], &failing["lastErrorJob"]), (&json!("connection refused"), &json!(id)));
    assert_eq!(failing["failed"], 0);
    assert_eq!(history["total"]["wait"]["p50"], Value::Null);
}

#[tokio::test]
async fn live_rates_speak_of_the_last_minute() {
    let mut stage = Stage::new().await;
    for _ in 0..6 {
        let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
        stage.succeed(id).await;
    }
    for _ in 0..6 {
        let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
        stage.end(id, End::Dead, "no such file").await;
    }
    let rates = stage.get("overview").await["rates"].clone();
    // six and twelve a minute, in tenths of one a second
    assert_eq!(rates, json!({ "asked": 0.2, "done": 0.1, "failed": 0.1 }));
}
