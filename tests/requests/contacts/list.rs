use serde_json::{Value, json};
use support::TestApp;

fn names(page: &Value) -> Vec<&str> {
    page["contacts"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lists_by_name_in_pages_and_finds() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for (name, email, company) in [
        ("Zoe", "zoe@kite.example", Some("Kite")),
        ("Ärne", "arne@wren.example", Some("Wren")),
        ("Bo", "bo@kite.example", Some("Kite")),
        ("Cy 100%", "cy@example.com", None),
    ] {
        let body = json!({ "name": name, "email": email, "company": company });
        browser.post("/api/contacts", &body).await.assert_status(201);
    }
    let first = browser.get("/api/contacts?limit=3").await.expect(200);
    assert_eq!(names(&first), ["Ärne", "Bo", "Cy 100%"]);
    let path = format!("/api/contacts?limit=3&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = browser.get(&path).await.expect(200);
    assert_eq!((names(&second), &second["nextCursor"]), (vec!["Zoe"], &Value::Null));
    for (search, found) in [
        ("KITE", vec!["Bo", "Zoe"]),
        ("kite zo", vec!["Zoe"]),
        ("100%25", vec!["Cy 100%"]),
        ("_", vec![]),
        ("%25o", vec![]),
    ] {
        assert_eq!(names(&browser.get(&format!("/api/contacts?search={search}")).await.expect(200)), found, "{search}");
    }
    let company = first["contacts"][0]["companyId"].as_str().unwrap();
    assert_eq!(names(&browser.get(&format!("/api/contacts?companyId={company}")).await.expect(200)), ["Ärne"]);
    let client = first["contacts"][2]["clientId"].as_str().unwrap();
    assert_eq!(names(&browser.get(&format!("/api/contacts?clientId={client}")).await.expect(200)), ["Cy 100%"]);
    assert_eq!(names(&browser.get("/api/contacts?archived=true").await.expect(200)), Vec::<&str>::new());
    browser.get("/api/contacts?limit=0").await.problem(400, "invalid_limit");
    browser.get("/api/contacts?cursor=x").await.problem(400, "invalid_cursor");
    browser.get(&format!("/api/contacts?search={}", "x".repeat(201))).await.problem(400, "search_too_long");
    browser.get("/api/contacts?search=a%00b").await.problem(400, "bad_characters");
}
