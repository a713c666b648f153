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

    let of_kind = stage.get("failures?kind=maintenance.keep_house").await;
    assert_eq!(of_kind["failures"].as_array().unwrap().len(), 1);
    stage.act(&format!("jobs/{other}/retry")).await.assert_status(200);
    assert_eq!(stage.get("failures").await["failures"].as_array().unwrap().len(), 1, "what is decided on is gone");
}
