use serde_json::{Value, json};

use super::Stage;

#[tokio::test]
async fn what_operators_do_is_told_with_who_and_why_in_pages() {
    let mut stage = Stage::new().await;
    let node = stage.node().await;
    let reason = json!({ "reason": "The SMTP server is being moved." });
    stage.operator.post("/api/console/queues/mail/pause", &reason).await.assert_status(200);
    stage.act("queues/mail/pause").await.assert_status(200);
    stage.act("queues/mail/resume").await.assert_status(200);
    let list = stage.get("activity").await;
    let told: Vec<(&Value, &Value, &Value)> = list["activity"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (&entry["what"], &entry["subject"], &entry["number"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("queue_resumed"), &json!("mail"), &json!(3)),
            (&json!("queue_paused"), &json!("mail"), &json!(2)),
            (&json!("node_started"), &json!("node-one"), &json!(1)),
        ],
        "what changed nothing is not told"
    );
    let paused = &list["activity"][1];
    assert_eq!((&paused["by"], &paused["reason"]), (&json!("Oda"), &json!("The SMTP server is being moved.")));
    assert_eq!(list["activity"][2]["subjectId"], json!(node));
    let first = stage.get("activity?limit=2").await;
    let rest = stage.get(&format!("activity?limit=2&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!((&rest["activity"][0]["number"], &rest["nextCursor"]), (&json!(1), &Value::Null));
}
