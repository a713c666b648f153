use ledgerline_jobs::{Options, engine::outcome::End, imports::PlanImport, maintenance::KeepHouse};
use serde_json::json;
use uuid::Uuid;

use super::{Stage, ids};

#[tokio::test]
async fn failures_with_alike_errors_are_one_and_lead_to_their_jobs() {
    let mut stage = Stage::new().await;
    let mut unreachable = Vec::new();
    for (port, end) in [(5432, End::Dead), (5433, End::Quarantined), (5434, End::Dead)] {
        let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
        let error = format!("nina{port}@example.com: \"db {port}\" refused after {port} ms");
        stage.end(id, end, &error).await;
        unreachable.insert(0, id);
    }
    let other = stage.ask(&KeepHouse::default(), None, &Options::default()).await;
    stage.end(other, End::Dead, "no partition").await;

    let list = stage.get("failures").await;
    let groups = list["failures"].as_array().unwrap();
    assert_eq!(list["jobs"], json!({ "count": 4, "capped": false }));
    assert_eq!(groups.len(), 2, "{list}");
    assert_eq!((&groups[0]["kind"], &groups[0]["jobs"]), (&json!("imports.plan"), &json!(3)));
    assert_eq!(groups[0]["error"], "••••: \"db 5434\" refused after 5434 ms", "the latest, masked");
    assert!(groups[0]["firstAt"].as_str() < groups[0]["lastAt"].as_str());
    let fingerprint = groups[0]["fingerprint"].as_str().unwrap();
    assert_eq!(ids(&stage.search(&format!("kind:imports.plan fingerprint:{fingerprint}")).await), unreachable);

    let of_kind = stage.get("failures?search=kind:maintenance.keep_house").await;
    assert_eq!(of_kind["failures"].as_array().unwrap().len(), 1);
    stage.act(&format!("jobs/{other}/retry")).await.assert_status(200);
    assert_eq!(stage.get("failures").await["failures"].as_array().unwrap().len(), 1, "what is decided on is gone");
}

/// Causes stand above a list, so they speak of the same jobs.
#[tokio::test]
async fn causes_are_counted_among_what_the_search_finds() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    for (of, end, error) in [
        (Some(workspace), End::Dead, "no such file 1"),
        (None, End::Dead, "no such file 2"),
        (None, End::Quarantined, "no such file 3"),
        (None, End::Quarantined, "the node was killed"),
    ] {
        let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, of, &Options::default()).await;
        stage.end(id, end, error).await;
    }
    sqlx::query("update dead_jobs set last_error = null where last_error like '%killed'")
        .execute(&mut stage.sql)
        .await
        .unwrap();
    let counted = async |search: &str| {
        let query: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
        let list = stage.get(&format!("failures?search={query}")).await;
        let groups: Vec<i64> =
            list["failures"].as_array().unwrap().iter().map(|group| group["jobs"].as_i64().unwrap()).collect();
        (groups, list["jobs"]["count"].as_i64().unwrap())
    };
    assert_eq!(counted("").await, (vec![3, 1], 4));
    assert_eq!(counted("state:dead").await, (vec![2], 2));
    assert_eq!(counted("state:quarantined,queued").await, (vec![1, 1], 2));
    assert_eq!(counted("state:dead workspace:\"Nina's\" since:2h").await, (vec![1], 1));
    assert_eq!(counted("before:2h").await, (vec![], 0));
    assert_eq!(counted("state:succeeded").await, (vec![], 0));
    assert_eq!(counted("fingerprint:none").await, (vec![1], 1));
    let without = stage.search("state:dead,quarantined fingerprint:none").await;
    assert_eq!(ids(&without).len(), 1, "what has no error has a search of its own");
    stage.operator.get("/api/console/failures?search=state:lost").await.problem(422, "invalid_search");
}
