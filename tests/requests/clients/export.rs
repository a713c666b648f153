use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use support::{Browser, TestApp, wait_for};

async fn add(browser: &Browser, client: Value) -> Value {
    browser.post("/api/clients", &client).await.expect(201)
}

/// The names in an export, in its order.
async fn exported(browser: &Browser, query: &[(&str, &str)]) -> Vec<String> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let file = browser.get(&format!("/api/clients/export.csv?{query}")).await;
    file.assert_status(200);
    let lines = file.text.lines().skip(1);
    lines.map(|line| line.split(',').next().unwrap().to_owned()).collect()
}

async fn listed(browser: &Browser, query: &[(&str, &str)]) -> Vec<String> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let page = browser.get(&format!("/api/clients?{query}&limit=200")).await.expect(200);
    page["clients"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap().to_owned()).collect()
}

/// Imports a file of names and answers the import's id.
async fn imported(app: &TestApp, browser: &Browser, names: &[&str]) -> String {
    let request = browser.request(Method::POST, "/api/imports").query(&[("filename", "clients.csv")]);
    let body = format!("name\n{}\n", names.join("\n"));
    let made = browser.send(request.header("content-type", "text/csv").body(body)).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let start = json!({ "mapping": { "0": "name" } });
    browser.post(&format!("/api/imports/{id}/start"), &start).await.assert_status(202);
    app.run_pending().await;
    id
}

#[tokio::test]
async fn the_list_and_the_export_can_be_of_one_import() {
    let app = TestApp::start().await;
    let (browser, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    add(&browser, json!({ "name": "Ada" })).await;
    let first = imported(&app, &browser, &["Bo", "Bo Ek", "Cy"]).await;
    let second = imported(&app, &browser, &["Bo", "Di"]).await;
    for (query, names) in [
        (vec![("importId", first.as_str())], vec!["Bo", "Bo Ek", "Cy"]),
        (vec![("importId", first.as_str()), ("search", "bo")], vec!["Bo", "Bo Ek"]),
        (vec![("importId", first.as_str()), ("status", "archived")], vec![]),
        (vec![("importId", second.as_str())], vec!["Di"]),
    ] {
        assert_eq!(listed(&browser, &query).await, names, "{query:?}");
        let mut file = exported(&browser, &query).await;
        file.sort();
        assert_eq!(file, names, "{query:?}");
        assert_eq!(listed(&otto, &query).await, Vec::<String>::new());
        assert_eq!(exported(&otto, &query).await, Vec::<String>::new());
    }
    let page = browser.get(&format!("/api/clients?importId={first}&limit=2&sort=-name")).await.expect(200);
    assert_eq!((&page["total"]["count"], &page["clients"][0]["name"]), (&json!(3), &json!("Cy")));
    browser.get("/api/clients?importId=the-last").await.problem(400, "invalid_query");
}

#[tokio::test]
async fn is_a_file_that_spreadsheets_open_and_nobody_runs() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    add(
        &browser,
        json!({ "name": "=HYPERLINK(\"x\")", "company": "＝1+1", "phone": "+49 151 1", "notes": "a, \"b\"\nc",
            "referralSource": " @sum" }),
    )
    .await;
    let file = browser.get("/api/clients/export.csv").await;
    file.assert_status(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"clients.csv\"");
    assert_eq!(file.header("cache-control"), "no-store");
    assert!(file.text.starts_with(
        "\u{feff}Name,Email,Company,Phone,Time zone,Genres,Budget from,Budget to,Budget currency,Likes to hear by,\
         Satisfaction,Came through,Notes,Status,Added,Last changed\r\n"
    ));
    let row = file.text.split_once("\r\n").unwrap().1;
    assert!(
        row.starts_with("\"'=HYPERLINK(\"\"x\"\")\",,'＝1+1,'+49 151 1,,,,,,email,,'@sum,\"a, \"\"b\"\"\nc\",active,"),
        "{row}"
    );
}

#[tokio::test]
async fn what_is_exported_comes_in_again_as_it_was() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let clients = [
        json!({ "name": "Åsa Öberg", "email": "asa@example.com", "company": "=Öberg, \"AB\"", "phone": "+46 (8) 123-45",
            "timezone": "Europe/Stockholm", "genres": ["Folk", "R&B/Soul", "Drum, Bass"],
            "budgetMinor": { "min": 10_005, "max": 250_000 }, "budgetCurrency": "SEK",
            "communication": { "email": false, "sms": true, "phone": true }, "satisfaction": 4,
            "referralSource": "-Otto", "notes": "Two\nlines; 'quoted'\n\n=done" }),
        json!({ "name": "Bo", "genres": ["Hip-Hop/Rap"], "budgetMinor": { "min": 1_500, "max": 1_500 },
            "budgetCurrency": "JPY", "communication": { "email": false, "sms": false, "phone": false } }),
        json!({ "name": "Cleo", "email": "cleo@example.com", "budgetMinor": { "min": 1_250, "max": 2_000 },
            "budgetCurrency": "KWD" }),
        json!({ "name": "Dee", "phone": "0151 234567", "genres": ["Jazz"] }),
    ];
    for client in clients {
        add(&nina, client).await;
    }
    let file = nina.get("/api/clients/export.csv").await.text;

    let request = otto.request(Method::POST, "/api/imports?filename=clients.csv").header("content-type", "text/csv");
    let import = otto.send(request.body(file)).await.expect(201);
    let mapping: serde_json::Map<String, Value> = import["columns"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(_, column)| column["guess"].is_string())
        .map(|(index, column)| (index.to_string(), column["guess"].clone()))
        .collect();
    assert_eq!(mapping.len(), 13, "all but status and times map by themselves: {mapping:?}");
    let path = format!("/api/imports/{}", import["id"].as_str().unwrap());
    otto.post(&format!("{path}/start"), &json!({ "mapping": mapping })).await.assert_status(202);
    app.run_pending().await;

    let of = async |browser: &Browser| -> Vec<Value> {
        let mut page = browser.get("/api/clients").await.expect(200);
        page["clients"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .map(|client| {
                let client = client.as_object_mut().unwrap();
                for own in ["id", "createdAt", "updatedAt", "version"] {
                    client.remove(own);
                }
                Value::Object(client.clone())
            })
            .collect()
    };
    assert_eq!(of(&otto).await, of(&nina).await);
}

#[tokio::test]
async fn holds_what_the_list_with_the_same_filters_shows() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    add(&otto, json!({ "name": "Ada of Otto", "genres": ["Jazz"] })).await;
    let ada =
        add(&nina, json!({ "name": "Ada", "email": "ada@example.com", "genres": ["Jazz"], "satisfaction": 5 })).await;
    add(&nina, json!({ "name": "Zoë Müller", "phone": "+49 151 2345678" })).await;
    add(&nina, json!({ "name": "Bo", "genres": ["jazz"], "satisfaction": 1 })).await;
    let gone = add(&nina, json!({ "name": "Gone", "email": "gone@example.com" })).await;
    nina.post(&format!("/api/clients/{}/archive", gone["id"].as_str().unwrap()), &Value::Null).await.assert_status(200);

    let added = ada["createdAt"].as_str().unwrap();
    for query in [
        vec![],
        vec![("status", "archived")],
        vec![("status", "all")],
        vec![("search", "muller zo")],
        vec![("search", "0151 2345678")],
        vec![("search", "%")],
        vec![("search", "  ")],
        vec![("search", "b")],
        vec![("genre", "JAZZ")],
        vec![("genre", "jaz")],
        vec![("email", "no")],
        vec![("satisfaction", "5"), ("genre", "jazz")],
        vec![("satisfaction", "unrated")],
        vec![("createdFrom", added)],
        vec![("createdBefore", added)],
    ] {
        let (mut exported, mut listed) = (exported(&nina, &query).await, listed(&nina, &query).await);
        exported.sort();
        listed.sort();
        assert_eq!(exported, listed, "{query:?}");
    }
    nina.get("/api/clients/export.csv?sort=name").await.problem(400, "invalid_query");
    nina.get("/api/clients/export.csv?satisfaction=9").await.problem(400, "invalid_query");
    app.browser().get("/api/clients/export.csv").await.problem(401, "not_signed_in");

    let told: Vec<Value> =
        sqlx::query_scalar("select data from audit_log where action = 'clients.export' order by id limit 4")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    let expected =
        [json!({}), json!({ "status": "archived" }), json!({ "status": "all" }), json!({ "searched": true })];
    assert_eq!(told, expected, "the audit log says who took what, not whom they searched for");
}

/// So many clients with so much about them that no buffer on the way takes all of it.
async fn crowd(app: &TestApp, browser: &Browser) {
    sqlx::query(
        "insert into clients (id, workspace_id, name, notes, created_at, updated_at)
         select gen_random_uuid(), $1, 'Client ' || n, repeat('note ', 1900), now(), now() from generate_series(1, 3500) n",
    )
    .bind(browser.workspace_id().await)
    .execute(&mut app.sql().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn many_clients_come_page_by_page_each_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    crowd(&app, &browser).await;
    let mut names = exported(&browser, &[]).await;
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 3_500);
}

#[tokio::test]
async fn a_person_and_the_process_have_a_limit_and_leaving_makes_room() {
    let app = TestApp::start_with(json!({ "http": { "downloads_per_user": 1, "downloads": 2 } })).await;
    let browser = app.owner("Nina").await;
    crowd(&app, &browser).await;
    let first = browser.request(Method::GET, "/api/clients/export.csv").send().await.unwrap();
    assert_eq!(first.status(), 200);
    browser.get("/api/clients/export.csv").await.problem(429, "too_many_downloads");
    drop(first);
    wait_for("a download that was left makes room", || async {
        browser.request(Method::GET, "/api/clients/export.csv").send().await.unwrap().status() == 200
    })
    .await;
}

#[tokio::test]
async fn ends_unfinished_when_the_session_does() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    crowd(&app, &browser).await;
    let mut file = browser.request(Method::GET, "/api/clients/export.csv").send().await.unwrap();
    file.chunk().await.unwrap().expect("the beginning");
    let begun = Instant::now();
    browser.delete("/api/session").await;
    // the file is asked for no further until the session is looked at again
    wait_for("the next look at the session", || async { begun.elapsed() > Duration::from_millis(5_500) }).await;
    let mut rest = 0;
    let ended = loop {
        match file.chunk().await {
            Ok(Some(chunk)) => rest += chunk.len(),
            Ok(None) => break "whole",
            Err(_) => break "cut",
        }
    };
    assert_eq!(ended, "cut", "after {rest} bytes");
}
