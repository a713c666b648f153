use std::collections::HashSet;

use serde_json::{Value, json};
use support::{Browser, TestApp};

async fn add(browser: &Browser, name: &str, email: Option<&str>, company: Option<&str>) -> Value {
    browser.post("/api/clients", &json!({ "name": name, "email": email, "company": company })).await.expect(201)
}

async fn names(browser: &Browser, query: &str) -> Vec<String> {
    let page = browser.get(&format!("/api/clients?{query}")).await.expect(200);
    page["clients"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap().to_owned()).collect()
}

/// All names over pages of two.
async fn walk(browser: &Browser, sort: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = browser.get(&format!("/api/clients?sort={sort}&limit=2&status=all{cursor}")).await.expect(200);
        let clients = page["clients"].as_array().unwrap();
        assert!(clients.len() <= 2);
        found.extend(clients.iter().map(|client| client["name"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn every_sort_walks_over_every_client_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    add(&browser, "zoe", Some("b@example.com"), Some("Acme")).await;
    add(&browser, "Émile", Some("a@example.com"), None).await;
    add(&browser, "emma", None, Some("acme")).await;
    add(&browser, "Zoe", Some("c@example.com"), Some("Älpha")).await;
    add(&browser, "Anton", None, None).await;

    assert_eq!(walk(&browser, "name").await, ["Anton", "Émile", "emma", "zoe", "Zoe"], "as people sort");
    assert_eq!(walk(&browser, "email").await[2..], ["Émile", "zoe", "Zoe"], "who has no address comes first");
    assert_eq!(walk(&browser, "company").await[2..], ["emma", "zoe", "Zoe"]);
    assert_eq!(walk(&browser, "createdAt").await, ["zoe", "Émile", "emma", "Zoe", "Anton"]);
    for sort in ["name", "email", "company", "createdAt"] {
        let (mut down, up) = (walk(&browser, &format!("-{sort}")).await, walk(&browser, sort).await);
        assert_eq!(up.iter().collect::<HashSet<_>>().len(), 5, "{sort}");
        down.reverse();
        assert_eq!(down, up, "{sort}");
    }
}

#[tokio::test]
async fn searches_name_mail_company_and_phone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    add(&browser, "Ödön Nagy", Some("first@example.com"), Some("100 % Radio")).await;
    add(&browser, "Bo", Some("second_one@example.com"), None).await;
    browser.post("/api/clients", &json!({ "name": "Cy", "phone": "+49 555" })).await.assert_status(201);

    for (search, found) in
        [("ödön", "Ödön Nagy"), ("FIRST@", "Ödön Nagy"), ("100 %25", "Ödön Nagy"), ("second_", "Bo"), ("49 555", "Cy")]
    {
        assert_eq!(names(&browser, &format!("search={search}")).await, [found], "{search}");
    }
    for nothing in ["%25%25", "__", "x'; drop table clients; --", "%5C"] {
        assert!(names(&browser, &format!("search={nothing}")).await.is_empty(), "{nothing}");
    }
    assert_eq!(names(&browser, "search=%20").await.len(), 3, "only spaces search for nothing");
}

#[tokio::test]
async fn filters_by_status_and_counts_what_matches() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let gone = add(&browser, "Gone", None, None).await;
    add(&browser, "Here", None, None).await;
    let path = format!("/api/clients/{}/archive", gone["id"].as_str().unwrap());
    browser.post(&path, &Value::Null).await.assert_status(200);
    assert_eq!(names(&browser, "").await, ["Here"]);
    assert_eq!(names(&browser, "status=archived").await, ["Gone"]);
    assert_eq!(names(&browser, "status=all").await, ["Gone", "Here"]);
    let page = browser.get("/api/clients?status=all&limit=1").await.expect(200);
    assert_eq!(page["total"], json!({ "count": 2, "capped": false }));
}

#[tokio::test]
async fn stops_counting_at_ten_thousand() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    sqlx::query(
        "insert into clients (id, workspace_id, name, created_at, updated_at)
         select gen_random_uuid(), $1, 'Client ' || n, now(), now() from generate_series(1, 10001) n",
    )
    .bind(browser.workspace_id().await)
    .execute(&mut app.sql().await)
    .await
    .unwrap();
    let page = browser.get("/api/clients").await.expect(200);
    assert_eq!(page["total"], json!({ "count": 10_000, "capped": true }));
    assert_eq!(page["clients"].as_array().map(Vec::len), Some(50));
}

#[tokio::test]
async fn refuses_what_cannot_be() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for n in 0..3 {
        add(&browser, &format!("Client {n}"), None, None).await;
    }
    let page = browser.get("/api/clients?limit=1&sort=name").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    browser.get(&format!("/api/clients?sort=-name&cursor={cursor}")).await.problem(400, "invalid_cursor");
    browser.get("/api/clients?cursor=e30").await.problem(400, "invalid_cursor");
    browser.get("/api/clients?limit=201").await.problem(400, "invalid_limit");
    for bad in ["sort=age", "status=dead", "limit=x", "unknown=1"] {
        browser.get(&format!("/api/clients?{bad}")).await.problem(400, "invalid_query");
    }
    browser.get(&format!("/api/clients?search={}", "x".repeat(201))).await.problem(400, "search_too_long");
    browser.get(&format!("/api/clients?genre={}", "x".repeat(61))).await.problem(400, "genre_too_long");
    browser.get("/api/clients?createdFrom=0001-01-01T00:00:00Z").await.problem(400, "invalid_time");
    for bad in ["satisfaction=6", "email=maybe", "createdBefore=yesterday"] {
        browser.get(&format!("/api/clients?{bad}")).await.problem(400, "invalid_query");
    }
    browser.get("/api/clients?search=a%00b").await.problem(400, "bad_characters");
    browser.get("/api/clients/nonsense").await.problem(404, "not_found");
}

#[tokio::test]
async fn needs_a_session_in_a_workspace() {
    let app = TestApp::start().await;
    app.browser().get("/api/clients").await.problem(401, "not_signed_in");
}
