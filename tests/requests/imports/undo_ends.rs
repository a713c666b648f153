//! Undoing beside what else goes on: other imports, earlier releases, jobs that an operator brings back.

use ledgerline_jobs::{
    engine::{
        control,
        outcome::{End, Outcome},
    },
    imports::{FinishImport, ImportChunk, PlanImport, SuggestMerges, SweepFiles, UndoChunk},
};
use serde_json::{Value, json};
use sqlx::Connection as _;
use support::{Browser, PASSWORD, TestApp, Worker};
use uuid::Uuid;

use super::{counts, path, started_with, upload};

fn choices(rule: &str) -> Value {
    json!({ "mapping": { "0": "name", "1": "email", "2": "phone" }, "duplicates": rule, "phoneRegion": "DE" })
}

async fn import(app: &TestApp, browser: &Browser, body: &str, rule: &str) -> String {
    let path = started_with(browser, format!("name,email,phone\n{body}"), choices(rule)).await;
    app.run_pending().await;
    path
}

async fn undo(browser: &Browser, path: &str) -> Value {
    browser.post(&format!("{path}/undo"), &json!({})).await.expect(202)
}

async fn clients(browser: &Browser) -> i64 {
    browser.get("/api/clients").await.expect(200)["total"]["count"].as_i64().unwrap()
}

/// Brings the dead job of a kind back.
async fn bring_back(app: &TestApp, kind: &str) {
    let mut sql = app.sql().await;
    let id: Uuid =
        sqlx::query_scalar("select id from dead_jobs where kind = $1").bind(kind).fetch_one(&mut sql).await.unwrap();
    let mut tx = sql.begin().await.unwrap();
    control::retry(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn nothing_is_started_while_an_import_is_being_undone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = import(&app, &browser, "Ada,ada@example.com,\n", "skip").await;
    let next = path(&upload(&browser, "next.csv", "name,email,phone\nAda,ada@example.com,\n").await.expect(201));
    undo(&browser, &first).await;
    let refused = browser.post(&format!("{next}/start"), &choices("skip")).await;
    let refused = refused.problem(409, "undo_running");
    assert!(first.ends_with(refused["existingId"].as_str().unwrap()), "{refused}");
    // another workspace does not wait
    let otto = app.owner("Otto").await;
    started_with(&otto, "name,email,phone\nAda,ada@example.com,\n", choices("skip")).await;
    app.run_pending().await;
    browser.post(&format!("{next}/start"), &choices("skip")).await.assert_status(202);
    app.run_pending().await;
    assert_eq!(counts(&browser, &next).await, ("completed".to_owned(), [1, 0, 0, 0]));
}

#[tokio::test]
async fn whom_an_import_that_still_runs_has_as_well_stays() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let first = import(&app, &browser, "Ada,ada@example.com,\nBo,bo@example.com,\n", "skip").await;
    let rows = "name,email,phone\nAda,ADA@example.com,\nCy,cy@example.com,\n";
    let later = started_with(&browser, rows, choices("skip")).await;
    worker.run::<PlanImport>().await;
    worker.run::<ImportChunk>().await;
    let forecast = json!({ "removed": 1, "restored": 0, "kept": 1, "passedOver": 0 });
    assert_eq!(browser.get(&format!("{first}/undo")).await.expect(200), forecast);
    undo(&browser, &first).await;
    app.run_pending().await;
    assert_eq!(clients(&browser).await, 2, "Ada and Cy");
    assert_eq!(counts(&browser, &later).await, ("completed".to_owned(), [1, 0, 1, 0]));
    let left = browser.get(&format!("{first}/leftovers")).await.expect(200)["leftovers"].clone();
    assert_eq!(json!([left[0]["client"]["name"], left[0]["reason"]]), json!(["Ada", "matched"]));

    // of imports that have ended it is known what they have passed over
    let one = import(&app, &browser, "Di,di@example.com,\n", "skip").await;
    import(&app, &browser, "Di,di@example.com,\nEd,ed@example.com,\n", "skip").await;
    let forecast = json!({ "removed": 1, "restored": 0, "kept": 0, "passedOver": 1 });
    assert_eq!(browser.get(&format!("{one}/undo")).await.expect(200), forecast);
    undo(&browser, &one).await;
    app.run_pending().await;
    assert_eq!(clients(&browser).await, 3, "Ada, Cy and Ed");
}

#[tokio::test]
async fn whom_a_later_import_has_changed_stays_and_the_reason_says_so() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = import(&app, &browser, "Ada,ada@example.com,\n", "skip").await;
    let second = import(&app, &browser, "Ada,ada@example.com,+47 22 33 44 55\n", "fillEmpty").await;
    undo(&browser, &first).await;
    app.run_pending().await;
    let left = browser.get(&format!("{first}/leftovers")).await.expect(200)["leftovers"].clone();
    assert_eq!(json!([left[0]["client"]["name"], left[0]["reason"]]), json!(["Ada", "imported"]));
    undo(&browser, &second).await;
    app.run_pending().await;
    let undone = browser.get(&second).await.expect(200)["undo"].clone();
    assert_eq!((&undone["restored"], &undone["kept"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn an_import_of_an_earlier_release_cannot_be_undone_and_shows_its_rejected_rows() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = import(&app, &browser, "Ada,ada@example.com,\nBo,nothing,\nCy,none,\n", "skip").await;
    assert_eq!(browser.get(&path).await.expect(200)["outcomesKept"], true);
    sqlx::query("update import_chunks set outcomes = null, matched_by = null, client_ids = null")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(browser.get(&path).await.expect(200)["outcomesKept"], false);
    browser.get(&format!("{path}/undo")).await.problem(409, "undo_unknown");
    browser.post(&format!("{path}/undo"), &json!({})).await.problem(409, "undo_unknown");
    assert_eq!((clients(&browser).await, counts(&browser, &path).await.0.as_str()), (1, "completed"));
    let page = browser.get(&format!("{path}/rows?outcome=rejected&limit=1")).await.expect(200);
    assert_eq!((&page["rows"][0]["rowNumber"], &page["rows"][0]["columns"][0]), (&json!(3), &json!("Bo")));
    assert!(page["rows"][0]["reasons"][0]["message"].is_string());
    let next = page["nextCursor"].as_str().unwrap();
    let page = browser.get(&format!("{path}/rows?outcome=rejected&limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&page["rows"][0]["rowNumber"], &page["nextCursor"]), (&json!(4), &Value::Null));
    let created = browser.get(&format!("{path}/rows?outcome=created")).await.expect(200);
    assert_eq!(created["rows"], json!([]));
}

#[tokio::test]
async fn a_dead_job_of_undoing_can_be_brought_back_and_no_row_comes_in_meanwhile() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let rows: String = (0..4_500).map(|n| format!("P{n},p{n}@example.com,\n")).collect();
    let path = started_with(&browser, format!("name,email,phone\n{rows}"), choices("skip")).await;
    worker.run::<PlanImport>().await;
    let due = worker.due::<ImportChunk>().await;
    assert_eq!(due.len(), 3);
    for chunk in &due[..2] {
        worker.work(&worker.claim(*chunk).await).await;
    }
    worker.end(&worker.claim(due[2]).await, End::Dead, "a fault").await;
    worker.run::<FinishImport>().await;
    worker.run::<SuggestMerges>().await;
    assert_eq!(counts(&browser, &path).await.0, "failed");
    undo(&browser, &path).await;
    let due = worker.due::<UndoChunk>().await;
    worker.work(&worker.claim(due[0]).await).await;
    worker.end(&worker.claim(due[1]).await, End::Dead, "a fault").await;
    worker.run::<FinishImport>().await;
    let failed = browser.get(&path).await.expect(200);
    assert_eq!((&failed["state"], &failed["undo"]["processedRows"]), (&json!("failed"), &json!(2_000)));

    bring_back(&app, "imports.chunk").await;
    let chunk = worker.claim(worker.due::<ImportChunk>().await[0]).await;
    assert!(matches!(worker.work(&chunk).await, Outcome::Cancel(_)), "nothing is imported any more");
    app.run_pending().await;
    assert_eq!(
        (clients(&browser).await, browser.get(&path).await.expect(200)["failure"].clone()),
        (2_000, failed["failure"].clone())
    );

    bring_back(&app, "imports.undo_chunk").await;
    assert_eq!(worker.run::<UndoChunk>().await, 1);
    assert_eq!(worker.run::<FinishImport>().await, 1);
    let done = browser.get(&path).await.expect(200);
    assert_eq!(
        (&done["state"], &done["failure"], &done["undo"]["removed"]),
        (&json!("undone"), &Value::Null, &json!(4_000))
    );
    assert_eq!(clients(&browser).await, 0);
    app.run_pending().await;
}

#[tokio::test]
async fn what_a_person_has_decided_or_suggested_stays_when_the_import_goes() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(
        &app,
        &browser,
        "Ada,ada@example.com,030 1234567\nBo,bo@example.com,030 7654321\nCy,cy@example.com,030 555555\n",
        "skip",
    )
    .await;
    let rows = "A,a@example.com,030 1234567\nB,b@example.com,030 7654321\nC,c@example.com,030 555555\n";
    let path = import(&app, &browser, rows, "skip").await;
    let merges = browser.get("/api/merges").await.expect(200)["merges"].clone();
    let of =
        |name: &str| merges.as_array().unwrap().iter().find(|merge| merge["client"]["name"] == name).unwrap().clone();
    assert_eq!(merges.as_array().unwrap().len(), 3);
    let ignored = of("Ada");
    browser
        .post(&format!("/api/merges/{}/ignore", ignored["id"].as_str().unwrap()), &Value::Null)
        .await
        .assert_status(200);
    let mine = of("Bo");
    let pair = json!({ "clientId": mine["client"]["id"], "otherId": mine["other"]["id"] });
    browser.post("/api/merges", &pair).await.assert_status(201);
    // they were changed since, so they stay
    for merge in [&ignored, &mine, &of("Cy")] {
        let other = format!("/api/clients/{}", merge["other"]["id"].as_str().unwrap());
        let change = json!({ "version": 1, "notes": "since" });
        browser.send(browser.request(reqwest::Method::PATCH, &other).json(&change)).await.assert_status(200);
    }
    undo(&browser, &path).await;
    app.run_pending().await;
    let ids =
        |page: Value| page["merges"].as_array().unwrap().iter().map(|each| each["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(browser.get("/api/merges?state=ignored").await.expect(200)), [ignored["id"].clone()]);
    assert_eq!(ids(browser.get("/api/merges").await.expect(200)), [mine["id"].clone()]);
}

#[tokio::test]
async fn nothing_is_written_again_for_an_import_whose_file_is_deleted() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, "Ada,ada@example.com,\n", "skip").await;
    let login = json!({ "email": "nina@example.com", "password": PASSWORD });
    app.travel("60 days").await;
    browser.post("/api/sessions", &login).await.assert_status(201);
    let later = import(&app, &browser, "Ada O.,ada@example.com,\n", "overwrite").await;
    app.travel("31 days").await;
    ledgerline_jobs::enqueue(&mut app.sql().await, &SweepFiles {}).await.unwrap();
    app.run_pending().await;
    browser.post("/api/sessions", &login).await.assert_status(201);
    undo(&browser, &later).await;
    app.run_pending().await;
    assert_eq!(browser.get(&later).await.expect(200)["undo"]["restored"], 1);
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from import_updates u join imports i on i.id = u.import_id where i.file_deleted_at is not null",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn suggestions_are_found_chunk_by_chunk_while_the_import_says_so() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    import(&app, &browser, "Ada,ada@example.com,030 1234567\nBo,bo@example.com,030 7654321\n", "skip").await;
    let mut rows = String::from("A,a@example.com,030 1234567\n");
    rows.extend((0..2_000).map(|n| format!("P{n},p{n}@example.com,\n")));
    rows.push_str("B,b@example.com,030 7654321\n");
    let path = started_with(&browser, format!("name,email,phone\n{rows}"), choices("skip")).await;
    worker.run::<PlanImport>().await;
    worker.run::<ImportChunk>().await;
    worker.run::<FinishImport>().await;
    let now = browser.get(&path).await.expect(200);
    assert_eq!(json!([now["state"], now["suggesting"], now["suggested"]]), json!(["completed", true, 0]));
    // an import that waits for suggestions can be undone: nobody holds it
    let job = worker.claim(worker.due::<SuggestMerges>().await[0]).await;
    assert_eq!(worker.work(&job).await, Outcome::Settled);
    let now = browser.get(&path).await.expect(200);
    assert_eq!(json!([now["suggesting"], now["suggested"]]), json!([false, 2]));
    // a job that never comes keeps nobody waiting for ever
    sqlx::query("update imports set suggesting_since = now() - interval '11 minutes'")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(browser.get(&path).await.expect(200)["suggesting"], false);
    app.run_pending().await;
}

#[tokio::test]
async fn imports_are_undone_one_at_a_time() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = import(&app, &browser, "Ada,ada@example.com,\n", "skip").await;
    let second = import(&app, &browser, "Ada O.,ada@example.com,\n", "overwrite").await;
    undo(&browser, &second).await;
    let refused = browser.post(&format!("{first}/undo"), &json!({})).await;
    let refused = refused.problem(409, "undo_running");
    assert!(second.ends_with(refused["existingId"].as_str().unwrap()), "{refused}");
    assert_eq!(undo(&browser, &second).await["state"], "undoing", "asking for the same once more is no matter");
    app.run_pending().await;
    undo(&browser, &first).await;
    app.run_pending().await;
    assert_eq!(clients(&browser).await, 0);
}

#[tokio::test]
async fn an_address_that_a_suggestion_keeps_is_theirs_once_its_holder_is_gone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = import(&app, &browser, "Ada,ada@example.com,\nBo,bo@example.com,\n", "skip").await;
    let second = import(&app, &browser, "Ada O.,Ada@example.com,\nBo M.,bo@example.com,\n", "createAndSuggest").await;
    undo(&browser, &first).await;
    app.run_pending().await;
    let page = browser.get("/api/clients?sort=name").await.expect(200);
    let left: Vec<(&Value, &Value)> =
        page["clients"].as_array().unwrap().iter().map(|each| (&each["name"], &each["email"])).collect();
    assert_eq!(left, [(&json!("Ada O."), &json!("Ada@example.com")), (&json!("Bo M."), &json!("bo@example.com"))]);
    // whoever got one is still as the second import made them
    assert_eq!(
        browser.get(&format!("{second}/undo")).await.expect(200),
        json!({ "removed": 2, "restored": 0, "kept": 0, "passedOver": 0 })
    );
    undo(&browser, &second).await;
    app.run_pending().await;
    assert_eq!(clients(&browser).await, 0);
}

#[tokio::test]
async fn undone_right_after_it_was_cancelled_it_looks_for_no_suggestions() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let rows: String = (0..3_000).map(|n| format!("P{n},p{n}@example.com,\n")).collect();
    let path = started_with(&browser, format!("name,email,phone\n{rows}"), choices("skip")).await;
    worker.run::<PlanImport>().await;
    worker.run::<ImportChunk>().await;
    browser.post(&format!("{path}/cancel"), &json!({})).await.assert_status(200);
    undo(&browser, &path).await;
    app.run_pending().await;
    let import = browser.get(&path).await.expect(200);
    assert_eq!((&import["state"], &import["suggesting"]), (&json!("undone"), &json!(false)));
    assert_eq!(clients(&browser).await, 0);
}
