use ledgerline_jobs::{Options, imports::PlanImport};
use serde_json::{Value, json};
use support::wait_for;
use uuid::Uuid;

use super::{Stage, operator};

#[tokio::test]
async fn shows_what_a_node_is_and_what_it_runs() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.start(id).await;
    let node = stage.node().await;
    let list = stage.get("nodes").await;
    assert_eq!((&list["nodes"][0]["name"], &list["nextCursor"]), (&json!("node-one"), &Value::Null));
    let page = stage.get(&format!("nodes/{node}")).await;
    assert_eq!((&page["state"], &page["asked"], &page["left"]), (&json!("alive"), &Value::Null, &json!(false)));
    assert_eq!(super::ids(&page), [id]);
    stage.operator.get(&format!("/api/console/nodes/{}", Uuid::now_v7())).await.problem(404, "not_found");
}

#[tokio::test]
async fn goes_through_pages_and_shows_the_long_gone_when_asked() {
    let mut stage = Stage::new().await;
    stage.node().await;
    sqlx::query(
        "insert into nodes (id, name, host, pid, version, state, started_at, beat_at, lease_until)
         select gen_random_uuid(), 'old-' || n, 'hall', n, '0', 'gone', now() - interval '1 day', now() - interval '1 hour',
           now() - interval '1 hour' from generate_series(1, 4) n",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    assert_eq!(stage.get("nodes").await["nodes"].as_array().unwrap().len(), 1);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stage.get(&format!("nodes?gone=true&limit=2{cursor}")).await;
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0], "node-one", "the latest start first");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5, "each once");
}

#[tokio::test]
async fn a_real_node_is_quieted_works_again_and_stops_on_request() {
    let mut stage = Stage::new().await;
    let worker = stage.app.start_worker().await;
    wait_for("the node is there", || async { stage.get("nodes").await["nodes"][0]["state"] == "alive" }).await;
    let node = stage.get("nodes").await["nodes"][0].clone();
    let id = node["id"].as_str().unwrap().to_owned();
    let queues: Vec<&str> =
        node["queues"].as_array().unwrap().iter().map(|queue| queue["name"].as_str().unwrap()).collect();
    assert_eq!(queues, ["critical", "default", "imports", "mail", "maintenance", "media"]);
    assert_eq!(node["queues"][0]["concurrency"], 4);

    let asked = stage.act(&format!("nodes/{id}/quiet")).await.expect(200);
    assert_eq!((&asked["asked"], &asked["askedBy"]), (&json!("quiet"), &json!("Oda")));
    wait_for("it is quiet", || async { stage.get(&format!("nodes/{id}")).await["state"] == "quiet" }).await;
    let overview = stage.get("overview").await;
    assert_eq!(overview["alarms"][0]["kind"], "no_node");
    let job = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;

    stage.act(&format!("nodes/{id}/resume")).await.assert_status(200);
    wait_for("it works again", || async { stage.job(job).await["startedAt"].is_string() }).await;

    stage.act(&format!("nodes/{id}/stop")).await.assert_status(200);
    wait_for("it stopped", || async {
        let node = stage.get(&format!("nodes/{id}")).await;
        node["state"] == "gone" && node["left"] == true
    })
    .await;
    worker.stop().await;
    stage.act(&format!("nodes/{id}/quiet")).await.problem(409, "node_gone");
    let deeds: Vec<(String, bool)> = stage
        .audit()
        .await
        .into_iter()
        .map(|(action, subject, _, data)| {
            assert_eq!(subject.unwrap().to_string(), id);
            (action, data["changed"].as_bool().unwrap())
        })
        .collect();
    let expected = ["console.quiet_node", "console.resume_node", "console.stop_node"];
    assert_eq!(deeds, expected.map(|action| (action.to_owned(), true)));
}

#[tokio::test]
async fn stopping_cannot_be_taken_back_and_children_are_told_through_their_parent() {
    let mut stage = Stage::new().await;
    let node = stage.node().await;
    stage.act(&format!("nodes/{node}/stop")).await.assert_status(200);
    stage.act(&format!("nodes/{node}/stop")).await.assert_status(200);
    for verb in ["quiet", "resume"] {
        stage.act(&format!("nodes/{node}/{verb}")).await.problem(409, "node_stopping");
    }
    assert_eq!(stage.audit().await.iter().filter(|(_, _, _, data)| data["changed"] == true).count(), 1);
    sqlx::query("update nodes set asked = null, isolated = true").execute(&mut stage.sql).await.unwrap();
    stage.act(&format!("nodes/{node}/quiet")).await.problem(409, "isolated_node");
    stage.act(&format!("nodes/{}/quiet", Uuid::now_v7())).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_read_only_operator_steers_nothing() {
    let mut stage = Stage::new().await;
    let node = stage.node().await;
    let reader = operator(&stage.app, "Rita", "read_only").await;
    reader.get(&format!("/api/console/nodes/{node}")).await.assert_status(200);
    for verb in ["quiet", "resume", "stop"] {
        let path = format!("/api/console/nodes/{node}/{verb}");
        reader.post(&path, &json!({})).await.problem(403, "read_only_operator");
    }
}
