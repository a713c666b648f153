use ledgerline_jobs::{
    engine::outcome::{End, Outcome},
    imports::{FinishImport, ImportChunk, PlanImport, SweepFiles, UndoChunk},
};
use serde_json::{Value, json};
use support::{Browser, PASSWORD, TestApp, Worker};

use super::{counts, started_with};

async fn import(app: &TestApp, browser: &Browser, body: &str, rule: &str) -> String {
    let start = json!({ "mapping": { "0": "name", "1": "email", "2": "notes" }, "duplicates": rule });
    let path = started_with(browser, format!("name,email,notes\n{body}"), start).await;
    app.run_pending().await;
    path
}

async fn undo(browser: &Browser, path: &str) -> Value {
    browser.post(&format!("{path}/undo"), &json!({})).await.expect(202)
}

async fn clients(browser: &Browser) -> Vec<String> {
    let page = browser.get("/api/clients?sort=name&limit=200").await.expect(200);
    let text = |client: &Value, field: &str| client[field].as_str().unwrap_or_default().to_owned();
    page["clients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| format!("{}:{}", text(each, "name"), text(each, "notes")))
        .collect()
}

async fn client(browser: &Browser, name: &str) -> Value {
    let page = browser.get(&format!("/api/clients?search={name}")).await.expect(200);
    page["clients"][0].clone()
}

async fn edit(browser: &Browser, name: &str, change: Value) {
    let found = client(browser, name).await;
    let mut change = change;
    change["version"] = found["version"].clone();
    let path = format!("/api/clients/{}", found["id"].as_str().unwrap());
    browser.send(browser.request(reqwest::Method::PATCH, &path).json(&change)).await.assert_status(200);
}

#[tokio::test]
async fn who_was_created_is_gone_and_who_was_changed_is_as_before() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    browser
        .post("/api/clients", &json!({ "name": "Ada", "email": "ada@example.com", "notes": "mine" }))
        .await
        .assert_status(201);
    let body = "Ada O.,ada@example.com,theirs\nBo,bo@example.com,\nCy,cy@example.com,\n";
    let path = import(&app, &browser, body, "overwrite").await;
    assert_eq!(clients(&browser).await, ["Ada O.:theirs", "Bo:", "Cy:"]);
    let forecast = browser.get(&format!("{path}/undo")).await.expect(200);
    assert_eq!(forecast, json!({ "removed": 2, "restored": 1, "kept": 0, "passedOver": 0 }));

    let asked = undo(&browser, &path).await;
    assert_eq!((&asked["state"], &asked["undo"]["totalRows"]), (&json!("undoing"), &json!(3)));
    app.run_pending().await;
    let done = browser.get(&path).await.expect(200);
    assert_eq!(done["state"], "undone");
    let numbers = &done["undo"];
    assert_eq!(
        json!([numbers["processedRows"], numbers["removed"], numbers["restored"], numbers["kept"]]),
        json!([3, 2, 1, 0])
    );
    assert_eq!(clients(&browser).await, ["Ada:mine"]);
    // what became of the rows can still be seen
    let rows = browser.get(&format!("{path}/rows")).await.expect(200);
    assert_eq!((&rows["rows"][1]["outcome"], &rows["rows"][1]["client"]["name"]), (&json!("created"), &Value::Null));
    let audit: Vec<String> =
        sqlx::query_scalar("select action from audit_log where subject_kind = 'import' and action like '%undo%'")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(audit, ["imports.undo"]);

    // a second time changes nothing
    assert_eq!(undo(&browser, &path).await["state"], "undone");
    app.run_pending().await;
    assert_eq!(clients(&browser).await, ["Ada:mine"]);
    // and the file can be imported again
    let again = import(&app, &browser, body, "skip").await;
    assert_eq!(counts(&browser, &again).await, ("completed".to_owned(), [2, 0, 1, 0]));
}

#[tokio::test]
async fn who_was_changed_since_stays_and_is_listed() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    browser.post("/api/clients", &json!({ "name": "Ada", "email": "ada@example.com" })).await.assert_status(201);
    let path = import(
        &app,
        &browser,
        "Ada,ada@example.com,theirs\nBo,bo@example.com,\nCy,cy@example.com,\nDi,di@example.com,\n",
        "fillEmpty",
    )
    .await;
    edit(&browser, "Ada", json!({ "company": "Kite" })).await;
    edit(&browser, "Bo", json!({ "notes": "mine" })).await;
    let di = client(&browser, "Di").await;
    let archive = format!("/api/clients/{}/archive", di["id"].as_str().unwrap());
    browser.post(&archive, &json!({})).await.assert_status(200);
    assert_eq!(
        browser.get(&format!("{path}/undo")).await.expect(200),
        json!({ "removed": 1, "restored": 0, "kept": 3, "passedOver": 0 })
    );
    undo(&browser, &path).await;
    app.run_pending().await;
    assert_eq!(clients(&browser).await, ["Ada:theirs", "Bo:mine"]);
    let left = browser.get(&format!("{path}/leftovers")).await.expect(200);
    let left: Vec<Value> = left["leftovers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| json!([each["rowNumber"], each["client"]["name"], each["reason"]]))
        .collect();
    assert_eq!(left, [json!([2, "Ada", "edited"]), json!([3, "Bo", "edited"]), json!([5, "Di", "edited"])]);
    let first = browser.get(&format!("{path}/leftovers?limit=2")).await.expect(200);
    let next = first["nextCursor"].as_str().unwrap();
    let second = browser.get(&format!("{path}/leftovers?limit=2&cursor={next}")).await.expect(200);
    assert_eq!(second["leftovers"][0]["rowNumber"], 5);
}

#[tokio::test]
async fn who_has_a_contact_by_now_stays() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = import(&app, &browser, "Bo,bo@example.com,\nCy,cy@example.com,\n", "overwrite").await;
    browser.post("/api/contacts", &json!({ "name": "Bo", "email": "bo@example.com" })).await.assert_status(201);
    let forecast = browser.get(&format!("{path}/undo")).await.expect(200);
    assert_eq!(forecast, json!({ "removed": 1, "restored": 0, "kept": 1, "passedOver": 0 }));
    undo(&browser, &path).await;
    app.run_pending().await;
    assert_eq!(browser.get(&path).await.expect(200)["state"], "undone");
    assert_eq!(clients(&browser).await, ["Bo:"]);
}

#[tokio::test]
async fn only_what_has_ended_can_be_undone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let made = super::upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    let path = super::path(&made);
    browser.post(&format!("{path}/undo"), &json!({})).await.problem(409, "nothing_to_undo");
    browser.post(&format!("{path}/cancel"), &json!({})).await.assert_status(200);
    app.run_pending().await;
    browser.get(&format!("{path}/undo")).await.problem(409, "nothing_to_undo");

    let mut body = String::from("name,email\n");
    for n in 0..2_500 {
        body.push_str(&format!("P{n},p{n}@example.com\n"));
    }
    let path = started_with(&browser, body, json!({ "mapping": { "0": "name", "1": "email" } })).await;
    browser.post(&format!("{path}/undo"), &json!({})).await.problem(409, "still_running");
    worker.run::<PlanImport>().await;
    worker.work(&worker.claim(worker.due::<ImportChunk>().await[0]).await).await;
    browser.get(&format!("{path}/undo")).await.problem(409, "still_running");

    // a cancelled import can be undone, also before its jobs have ended
    browser.post(&format!("{path}/cancel"), &json!({})).await.assert_status(200);
    undo(&browser, &path).await;
    browser.post(&format!("{path}/cancel"), &json!({})).await.problem(409, "already_finished");
    app.run_pending().await;
    let import = browser.get(&path).await.expect(200);
    assert_eq!(
        (&import["state"], &import["created"], &import["undo"]["removed"]),
        (&json!("undone"), &json!(2_000), &json!(2_000))
    );
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 0);

    let none = import_of_nobody(&app, &browser).await;
    browser.post(&format!("{none}/undo"), &json!({})).await.problem(409, "nothing_to_undo");
}

async fn import_of_nobody(app: &TestApp, browser: &Browser) -> String {
    let path = import(app, browser, "Ada,not an address,\n", "skip").await;
    assert_eq!(counts(browser, &path).await, ("completed".to_owned(), [0, 0, 0, 1]));
    path
}

#[tokio::test]
async fn a_chunk_is_undone_once_whatever_is_killed_and_goes_on_after_a_fault() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let mut body = String::new();
    for n in 0..2_500 {
        body.push_str(&format!("P{n},p{n}@example.com,\n"));
    }
    let path = import(&app, &browser, &body, "skip").await;
    undo(&browser, &path).await;
    let due = worker.due::<UndoChunk>().await;
    assert_eq!(due.len(), 2);
    let job = worker.claim(due[0]).await;
    // an attempt whose node died before the commit
    let stale = job.clone();
    sqlx::query("update jobs set state = 'scheduled', token = null where id = $1")
        .bind(due[0])
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let job = worker.claim(job.fence.id).await;
    assert!(worker.attempt(&stale).await.is_err(), "a lost lease writes nothing");
    assert_eq!(browser.get(&path).await.expect(200)["undo"]["processedRows"], 0);
    assert_eq!(worker.work(&job).await, Outcome::Settled);
    assert!(matches!(worker.attempt(&job).await.unwrap(), Outcome::Cancel(_)));
    let half = browser.get(&path).await.expect(200);
    assert_eq!((&half["state"], &half["undo"]["processedRows"]), (&json!("undoing"), &json!(2_000)));
    assert!(half["undo"]["rowsPerSecond"].as_f64().unwrap() > 0.0 && half["undo"]["secondsLeft"].is_i64());

    // the other one is dead: it can be asked for again
    worker.end(&worker.claim(due[1]).await, End::Dead, "a fault").await;
    assert_eq!(worker.run::<FinishImport>().await, 1);
    let failed = browser.get(&path).await.expect(200);
    assert_eq!(failed["state"], "failed");
    assert!(failed["failure"].as_str().unwrap().contains("Undo the import again"));
    undo(&browser, &path).await;
    app.run_pending().await;
    let done = browser.get(&path).await.expect(200);
    assert_eq!(
        (&done["state"], &done["undo"]["removed"], &done["failure"]),
        (&json!("undone"), &json!(2_500), &Value::Null)
    );
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 0);
}

#[tokio::test]
async fn imports_are_undone_one_after_the_other_while_another_runs() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = import(&app, &browser, "Ada,ada@example.com,\n", "skip").await;
    let second = import(&app, &browser, "Ada,ada@example.com,second\nBo,bo@example.com,\n", "fillEmpty").await;
    let third = import(&app, &browser, "Ada A.,ada@example.com,third\n", "overwrite").await;
    // out of turn: the later import has changed the client, which therefore stays
    assert_eq!(
        browser.get(&format!("{second}/undo")).await.expect(200),
        json!({ "removed": 1, "restored": 0, "kept": 1, "passedOver": 0 })
    );
    let running = json!({ "mapping": { "0": "name", "1": "email" } });
    let running = started_with(&browser, "name,email\nDi,di@example.com\n", running).await;
    for path in [&third, &second, &first] {
        undo(&browser, path).await;
        app.run_pending().await;
        assert_eq!(browser.get(path).await.expect(200)["undo"]["kept"], 0, "{path}");
    }
    assert_eq!(counts(&browser, &running).await, ("completed".to_owned(), [1, 0, 0, 0]));
    assert_eq!(clients(&browser).await, ["Di:"]);
}

#[tokio::test]
async fn what_it_suggested_goes_with_it_and_what_is_old_cannot_be_undone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, "Ada,ada@example.com,\n", "skip").await;
    let path = import(&app, &browser, "Ada,ada@example.com,\n", "createAndSuggest").await;
    assert_eq!(browser.get(&path).await.expect(200)["suggested"], 1);
    undo(&browser, &path).await;
    app.run_pending().await;
    let merges: i64 = sqlx::query_scalar("select count(*) from merges").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(merges, 0);

    let old = import(&app, &browser, "Bo,bo@example.com,\n", "skip").await;
    app.travel("91 days").await;
    ledgerline_jobs::enqueue(&mut app.sql().await, &SweepFiles {}).await.unwrap();
    app.run_pending().await;
    let login = json!({ "email": "nina@example.com", "password": PASSWORD });
    browser.post("/api/sessions", &login).await.assert_status(201);
    browser.post(&format!("{old}/undo"), &json!({})).await.problem(410, "undo_expired");
    browser.get(&format!("{old}/rows")).await.problem(410, "rejects_deleted");
}
