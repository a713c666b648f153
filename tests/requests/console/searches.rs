use serde_json::{Value, json};
use uuid::Uuid;

use super::{Stage, operator};

#[tokio::test]
async fn an_operator_keeps_searches_of_their_own() {
    let stage = Stage::new().await;
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    let keep = async |name: &str, search: &str| {
        stage.operator.post("/api/console/searches", &json!({ "name": name, "search": search })).await
    };
    let dead = keep(" Dead mails ", "state:dead queue:mail").await.expect(201);
    assert_eq!((&dead["name"], &dead["search"]), (&json!("Dead mails"), &json!("state:dead queue:mail")));
    keep("all", "").await.assert_status(201);
    keep("Dead mails", "state:dead").await.problem(409, "search_name_taken");
    keep(" ", "state:dead").await.wrong_fields(&[("name", "required")]);
    keep("Wrong", "state:lost").await.problem(422, "invalid_search");

    let names = |list: &Value| -> Vec<String> {
        list["searches"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&stage.get("searches").await), ["all", "Dead mails"]);
    // those who may change nothing of the platform keep searches as well, and see only theirs
    assert!(names(&watcher.get("/api/console/searches").await.expect(200)).is_empty());
    let body = json!({ "name": "Dead mails", "search": "state:dead" });
    watcher.post("/api/console/searches", &body).await.assert_status(201);

    let path = format!("/api/console/searches/{}", dead["id"].as_str().unwrap());
    watcher.delete(&path).await.problem(404, "not_found");
    stage.operator.delete(&path).await.assert_status(204);
    stage.operator.delete(&path).await.problem(404, "not_found");
    stage.operator.delete(&format!("/api/console/searches/{}", Uuid::now_v7())).await.problem(404, "not_found");
    assert_eq!(names(&stage.get("searches").await), ["all"]);
    for number in 1..50 {
        keep(&format!("number {number}"), "").await.assert_status(201);
    }
    keep("one too many", "").await.problem(409, "too_many_searches");
}
