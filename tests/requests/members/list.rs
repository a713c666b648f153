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
