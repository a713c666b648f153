use support::TestApp;

#[tokio::test]
async fn shows_everyone_in_pages() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let member = app.member(&owner, "Tess", "member").await;
    app.owner("Otto").await;
    let all = member.get("/api/members").await.expect(200);
    let names: Vec<_> =
        all["members"].as_array().unwrap().iter().map(|m| (m["name"].as_str(), m["role"].as_str())).collect();
    assert_eq!(names, [(Some("Nina"), Some("owner")), (Some("Tess"), Some("member"))]);
    assert_eq!(all["nextCursor"], serde_json::Value::Null);

    let first = member.get("/api/members?limit=1").await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = member.get(&format!("/api/members?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!(second["members"][0]["name"], "Tess");
    assert_eq!(second["nextCursor"], serde_json::Value::Null);
}

#[tokio::test]
async fn refuses_pages_that_cannot_be() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    for limit in ["0", "201", "-1"] {
        owner.get(&format!("/api/members?limit={limit}")).await.problem(400, "invalid_limit");
    }
    owner.get("/api/members?limit=many").await.problem(400, "invalid_query");
    owner.get("/api/members?cursor=nonsense").await.problem(400, "invalid_cursor");
    owner.get("/api/members?surprise=1").await.problem(400, "invalid_query");
}

#[tokio::test]
async fn names_the_only_owner_on_every_page_and_nobody_when_there_are_two() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let tess = app.member(&nina, "Tess", "member").await;
    let first = nina.get("/api/members?limit=1").await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = nina.get(&format!("/api/members?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!(second["members"][0]["name"], "Tess");
    let only = serde_json::json!(nina.user_id().await);
    assert_eq!((&first["onlyOwner"], &second["onlyOwner"]), (&only, &only));

    let role = serde_json::json!({ "role": "owner" });
    nina.patch(&format!("/api/members/{}", tess.user_id().await), &role).await.assert_status(200);
    assert_eq!(nina.get("/api/members").await.expect(200)["onlyOwner"], serde_json::Value::Null);
}
