use std::time::Duration;

use ledgerline_jobs::{
    Options,
    catalog::KINDS,
    engine::{nodes, outcome::End},
    imports::PlanImport,
};
use serde_json::json;
use support::TestApp;
use uuid::Uuid;

use super::{Stage, ids};

#[tokio::test]
async fn shows_nodes_and_tells_dead_ones_by_their_lease() {
    let mut stage = Stage::new().await;
    assert_eq!(stage.get("overview").await["nodes"], json!([]));
    let node = stage.node().await;
    nodes::beat(&mut stage.sql, node, Duration::from_secs(60), 5, true).await.unwrap();
    let overview = stage.get("overview").await;
    let shown = &overview["nodes"][0];
    assert_eq!((&shown["state"], &shown["running"]), (&json!("alive"), &json!(5)));
    assert_eq!((&shown["name"], &shown["host"], &shown["pid"]), (&json!("node-one"), &json!("hall"), &json!(4711)));
    nodes::set_state(&mut stage.sql, node, nodes::State::Draining).await.unwrap();
    assert_eq!(stage.get("overview").await["nodes"][0]["state"], "stopping");
    // nobody is left who could mark it
    sqlx::query("update nodes set lease_until = now() - interval '1 second'").execute(&mut stage.sql).await.unwrap();
    let gone = &stage.get("overview").await["nodes"][0];
    assert_eq!((&gone["state"], &gone["running"]), (&json!("gone"), &json!(0)));
    sqlx::query("update nodes set beat_at = now() - interval '1 hour'").execute(&mut stage.sql).await.unwrap();
    assert_eq!(stage.get("overview").await["nodes"], json!([]), "what went long ago is not shown");
}

#[tokio::test]
async fn lists_every_kind() {
    let stage = Stage::new().await;
    let kinds = stage.get("kinds").await;
    assert_eq!(kinds["kinds"].as_array().unwrap().len(), KINDS.len());
    let plan =
        json!({ "kind": "imports.plan", "queue": "imports", "description": "Cuts an uploaded CSV file into chunks" });
    assert!(kinds["kinds"].as_array().unwrap().contains(&plan), "{kinds}");
}

#[tokio::test]
async fn works_while_redis_is_away() {
    let app = TestApp::start_with(json!({ "redis": { "url": "redis://127.0.0.1:1" } })).await;
    let mut stage = Stage::on(app).await;
    let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let asked = std::time::Instant::now();
    assert_eq!(stage.get("overview").await["redis"], "down");
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    for path in ["jobs", "queues", "kinds", &format!("jobs/{id}")] {
        stage.get(path).await;
    }
    stage.end(id, End::Dead, "no such file").await;
    stage.act(&format!("jobs/{id}/retry")).await.assert_status(200);
}

#[tokio::test]
async fn a_redis_that_is_there_is_ok() {
    let stage = Stage::new().await;
    assert_eq!(stage.get("overview").await["redis"], "ok");
}

#[tokio::test]
async fn what_is_parked_at_the_front_of_a_line_hides_nothing_that_runs() {
    let mut stage = Stage::new().await;
    let plan = || PlanImport { import_id: Uuid::now_v7() };
    let id = stage.ask(&plan(), None, &Options::default()).await;
    let parked = "insert into jobs select (jsonb_populate_record(job, jsonb_build_object('id', gen_random_uuid(),
          'state', 'parked', 'reason', 'no node knows it', 'unique_key', null, 'run_at', job.run_at - interval '1 hour'))).*
        from jobs job cross join generate_series(1, 3000)";
    sqlx::query(parked).execute(&mut stage.sql).await.unwrap();
    for _ in 0..2 {
        stage.ask(&plan(), None, &Options::default()).await;
    }
    stage.start(id).await;
    let node: Uuid =
        sqlx::query_scalar("select node_id from jobs where id = $1").bind(id).fetch_one(&mut stage.sql).await.unwrap();

    let overview = stage.get("overview").await;
    let counts = ["running", "queued", "parked"].map(|state| overview["counts"][state].clone());
    let [running, queued, held] = [1, 2, 3000].map(|count| json!({ "count": count, "capped": false }));
    assert_eq!(counts, [running, queued, held]);
    let imports = overview["queues"].as_array().unwrap().iter().find(|queue| queue["name"] == "imports").unwrap();
    assert_eq!((&imports["running"], &imports["depth"]["count"]), (&json!(1), &json!(2)));
    assert_eq!(ids(&stage.search("state:running").await), [id]);
    let jobs = stage.get(&format!("nodes/{node}")).await["jobs"].clone();
    assert_eq!(jobs.as_array().map(Vec::len), Some(1), "{jobs}");
}
