use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{of, submission};

async fn made(browser: &Browser, title: &str, who: &str, minor: i64) -> Value {
    let body = json!({
        "contact": { "name": who, "email": format!("{}@example.com", who.to_lowercase()) }, "title": title,
        "projectType": "Mixing", "amountMinor": minor, "currency": "EUR",
    });
    browser.post("/api/projects", &body).await.expect(201)
}

async fn titles(browser: &Browser, query: &str) -> Vec<String> {
    let list = browser.get(&format!("/api/projects{query}")).await.expect(200);
    let rows = list["projects"].as_array().unwrap();
    assert_eq!(list["total"]["count"], rows.len(), "{query}");
    rows.iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn is_found_by_words_state_stage_and_client() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let album = made(&browser, "Großes Album", "Ada", 0).await;
    let kitchen = made(&browser, "Kitchen", "Bo", 500).await;
    let _mural = made(&browser, "Mural", "Bo", 500).await;
    for project in [&album, &kitchen] {
        app.add_file(super::id(&project["id"])).await;
    }
    browser.post(&submission(&album, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&kitchen, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&kitchen, "/approve"), &json!({ "round": 1 })).await.assert_status(200);

    assert_eq!(titles(&browser, "").await, ["Mural", "Kitchen", "Großes Album"]);
    assert_eq!(titles(&browser, "?search=gros").await, ["Großes Album"]);
    assert_eq!(titles(&browser, "?search=bo%20kit").await, ["Kitchen"]);
    assert_eq!(titles(&browser, "?search=mixing").await.len(), 3);
    assert_eq!(titles(&browser, "?search=100%25").await, [""; 0]);
    assert_eq!(titles(&browser, "?state=open").await, ["Mural"]);
    assert_eq!(titles(&browser, "?state=in_progress").await, ["Kitchen", "Großes Album"]);
    let client = kitchen["client"]["id"].as_str().unwrap();
    assert_eq!(titles(&browser, &format!("?clientId={client}")).await, ["Mural", "Kitchen"]);
    for (stage, expected) in [
        ("setup", vec!["Mural"]),
        ("submitted", vec!["Großes Album"]),
        ("payment_pending", vec!["Kitchen"]),
        ("in_progress", vec![]),
        ("client_feedback", vec![]),
        ("approved", vec![]),
        ("paid", vec![]),
    ] {
        assert_eq!(titles(&browser, &format!("?stage={stage}")).await, expected, "{stage}");
    }
    browser.post(&submission(&album, "/approve"), &json!({ "round": 1 })).await.assert_status(200);
    assert_eq!(titles(&browser, "?stage=paid").await, ["Großes Album"]);
    browser.post(&of(&album, "/archive"), &json!({})).await.assert_status(200);
    assert_eq!(titles(&browser, "").await, ["Mural", "Kitchen"]);
    assert_eq!(titles(&browser, "?state=archived").await, ["Großes Album"]);
    assert_eq!(titles(&browser, "?state=all").await.len(), 3);
}

#[tokio::test]
async fn pages_show_each_project_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for n in 0..5 {
        made(&browser, &format!("P{n}"), "Ada", 1).await;
    }
    let mut seen = Vec::new();
    let mut path = "/api/projects?limit=2".to_owned();
    loop {
        let page = browser.get(&path).await.expect(200);
        assert_eq!(page["total"]["count"], 5);
        seen.extend(page["projects"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/projects?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["P4", "P3", "P2", "P1", "P0"]);
    browser.get("/api/projects?cursor=x").await.problem(400, "invalid_cursor");
    browser.get("/api/projects?limit=0").await.problem(400, "invalid_limit");
    browser.get(&format!("/api/projects?search={}", "x".repeat(201))).await.problem(400, "search_too_long");
}
