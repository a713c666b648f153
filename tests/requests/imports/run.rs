use ledgerline_jobs::{
    engine::outcome::Outcome,
    imports::{FinishImport, ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use support::{TestApp, Worker};

use super::{files, numbers, path, started, upload};

#[tokio::test]
async fn rows_become_clients() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = "Name,E-mail,Org,Tel,Zone,Genres,From,To,Currency,Stars,Via,Notes\r\n\
        \"Öberg, Åsa\",asa@example.com,Öberg AB,+46 8 1,Europe/Stockholm,\"Folk, Jazz\",\"1,000\",2500.50,sek,4,Otto,\"Two\nlines\"\r\n\
        Bo,,,,,,,,,,,";
    let fields = [
        "name",
        "email",
        "company",
        "phone",
        "timezone",
        "genres",
        "budgetMin",
        "budgetMax",
        "budgetCurrency",
        "satisfaction",
        "referralSource",
        "notes",
    ];
    let mapping: Value = fields.iter().enumerate().map(|(index, field)| (index.to_string(), *field)).collect();
    let path = started(&browser, body, mapping).await;
    app.run_pending().await;

    let import = browser.get(&path).await.expect(200);
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2), 2, 0, 0));
    assert!(import["finishedAt"].is_string() && import["batchId"].is_string());
    assert_eq!(import["rowsPerSecond"], Value::Null);
    let clients = browser.get("/api/clients?sort=-name").await.expect(200);
    let asa = &clients["clients"][0];
    for (key, value) in [
        ("name", json!("Öberg, Åsa")),
        ("email", json!("asa@example.com")),
        ("company", json!("Öberg AB")),
        ("phone", json!("+46 8 1")),
        ("timezone", json!("Europe/Stockholm")),
        ("genres", json!(["Folk", "Jazz"])),
        ("budgetMinor", json!({ "min": 100_000, "max": 250_050 })),
        ("budgetCurrency", json!("SEK")),
        ("satisfaction", json!(4)),
        ("referralSource", json!("Otto")),
        ("notes", json!("Two\nlines")),
        ("communication", json!({ "email": true, "sms": false, "phone": false })),
    ] {
        assert_eq!(asa[key], value, "{key}");
    }
    let bo = &clients["clients"][1];
    assert_eq!((&bo["name"], &bo["email"], &bo["genres"]), (&json!("Bo"), &Value::Null, &json!([])));

    let events: Vec<String> =
        sqlx::query_scalar("select kind from events where subject_kind = 'import' order by at, id")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(events, ["import_uploaded", "import_started", "import_completed"]);
}

#[tokio::test]
async fn addresses_that_are_here_already_are_skipped() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    browser.post("/api/clients", &json!({ "name": "Ada", "email": "ADA@example.com" })).await.assert_status(201);
    let body = "name,email\nOther Ada,ada@example.com\nBo,bo@example.com\nBo again,Bo@Example.com\n";
    let mapping = json!({ "0": "name", "1": "email" });
    let first = started(&browser, body, mapping.clone()).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &first).await, ("completed".to_owned(), Some(3), 1, 2, 0));
    let second = started(&browser, body, mapping).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &second).await, ("completed".to_owned(), Some(3), 0, 3, 0));
    let clients = browser.get("/api/clients?sort=name").await.expect(200);
    let names: Vec<&Value> = clients["clients"].as_array().unwrap().iter().map(|client| &client["name"]).collect();
    assert_eq!(names, ["Ada", "Bo"], "the first row of an address wins");
}

#[tokio::test]
async fn quoted_line_breaks_cross_no_chunk_and_no_row_is_lost() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut body = String::from("name,email,notes\r\n");
    for n in 0..5_500 {
        match n % 3 {
            0 => body.push_str(&format!("Person {n},p{n}@example.com,\"line\r\n,\"\"quoted\"\"\r\n\r\nline\"\r\n")),
            1 => body.push_str(&format!("\"Person {n}\",p{n}@example.com\n\n")),
            _ => body.push_str(&format!("Person {n},p{n}@example.com,plain\r\n")),
        }
    }
    let path = started(&browser, body, json!({ "0": "name", "1": "email", "2": "notes" })).await;
    let worker = Worker::start(&app).await;
    assert_eq!(worker.run::<PlanImport>().await, 1);
    assert_eq!(numbers(&browser, &path).await, ("running".to_owned(), Some(5_500), 0, 0, 0));
    assert_eq!(worker.due::<ImportChunk>().await.len(), 3);

    let first = worker.due::<ImportChunk>().await[0];
    worker.work(&worker.claim(first).await).await;
    let import = browser.get(&path).await.expect(200);
    assert_eq!(import["processedRows"], 2_000);
    assert!(import["rowsPerSecond"].as_f64().unwrap() > 0.0 && import["secondsLeft"].is_i64(), "{import}");

    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(5_500), 5_500, 0, 0));
    let (clients, notes): (i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where notes = E'line\r\n,\"quoted\"\r\n\r\nline') from clients",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!((clients, notes), (5_500, 1_834));
    let batch: (String, i64, i64) =
        sqlx::query_as("select state, total, succeeded from batches").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(batch, ("done".to_owned(), 4, 4), "the plan and three chunks");
}

#[tokio::test]
async fn a_chunk_that_runs_twice_creates_nothing_twice() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    // without an address nothing but the chunk itself tells that a row is here already
    let path = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    let id = worker.due::<ImportChunk>().await[0];
    let job = worker.claim(id).await;

    // an attempt whose node died before the commit
    let stale = job.clone();
    sqlx::query("update jobs set state = 'scheduled', token = null where id = $1")
        .bind(id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let job = worker.claim(id).await;
    let late = worker.attempt(&stale).await;
    assert!(late.unwrap_err().to_string().contains("internal"), "a lost lease writes nothing");
    assert_eq!(numbers(&browser, &path).await, ("running".to_owned(), Some(1), 0, 0, 0));

    assert_eq!(worker.work(&job).await, Outcome::Settled);
    let again = worker.attempt(&job).await.unwrap();
    assert_eq!(again, Outcome::Done);
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(1), 1, 0, 0));
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 1);
}

#[tokio::test]
async fn two_attempts_at_one_chunk_at_the_same_time_create_it_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let path = started(&browser, "name\nAda\nBo\n", json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    let job = worker.claim(worker.due::<ImportChunk>().await[0]).await;
    let (one, two) = tokio::join!(worker.attempt(&job), worker.attempt(&job));
    let settled = [&one, &two].into_iter().filter(|ended| matches!(ended, Ok(Outcome::Settled))).count();
    assert_eq!(settled, 1, "{one:?} {two:?}");
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2), 2, 0, 0));
}

#[tokio::test]
async fn two_imports_of_the_same_addresses_at_once_create_each_client_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let row = |n: &usize| format!("Person {n},p{n}@example.com\n");
    let up: String = (0..1_500).collect::<Vec<_>>().iter().map(row).collect();
    let down: String = (0..1_500).rev().collect::<Vec<_>>().iter().map(row).collect();
    let mapping = json!({ "0": "name", "1": "email" });
    let first = started(&browser, format!("name,email\n{up}"), mapping.clone()).await;
    let second = started(&browser, format!("name,email\n{down}"), mapping).await;
    worker.run::<PlanImport>().await;
    let due = worker.due::<ImportChunk>().await;
    let (one, two) = (worker.claim(due[0]).await, worker.claim(due[1]).await);
    assert_eq!(tokio::join!(worker.work(&one), worker.work(&two)), (Outcome::Settled, Outcome::Settled));
    app.run_pending().await;
    let (one, two) = (numbers(&browser, &first).await, numbers(&browser, &second).await);
    assert_eq!((one.2 + two.2, one.3 + two.3), (1_500, 1_500));
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 1_500);
}

#[tokio::test]
async fn a_lost_file_fails_with_a_sentence_and_a_dead_chunk_that_comes_back_completes() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let made = upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    let gone = path(&made);
    let stored = files(&app.folder().join("storage")).remove(0);
    let kept = app.folder().join("kept.csv");
    std::fs::rename(&stored, &kept).unwrap();
    browser.post(&format!("{gone}/start"), &json!({ "mapping": { "0": "name" } })).await.assert_status(202);
    app.run_pending().await;
    let import = browser.get(&gone).await.expect(200);
    assert_eq!(import["state"], "failed");
    assert_eq!(import["failure"], "The uploaded file is no longer there. Upload it again.");

    let path = started(&browser, "name\nAda\nBo\n", json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    let stored = files(&app.folder().join("storage")).remove(0);
    std::fs::rename(&stored, &kept).unwrap();
    app.run_pending().await;
    let import = browser.get(&path).await.expect(200);
    assert_eq!(import["state"], "failed");
    let failure = import["failure"].as_str().unwrap();
    assert!(failure.starts_with("2 rows could not be imported") && failure.contains("row 2"), "{failure}");

    std::fs::create_dir_all(stored.parent().unwrap()).unwrap();
    std::fs::rename(&kept, &stored).unwrap();
    let dead: uuid::Uuid = sqlx::query_scalar("select id from dead_jobs where kind = 'imports.chunk'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    let mut sql = app.sql().await;
    let mut tx = sqlx::Connection::begin(&mut sql).await.unwrap();
    ledgerline_jobs::engine::control::retry(&mut tx, dead).await.unwrap();
    tx.commit().await.unwrap();
    worker.run::<ImportChunk>().await;
    assert_eq!(worker.run::<FinishImport>().await, 1);
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2), 2, 0, 0));
    assert_eq!(browser.get(&path).await.expect(200)["failure"], Value::Null);
    app.run_pending().await;
}

#[tokio::test]
async fn a_cell_of_a_megabyte_is_a_row_to_look_at() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (long, longer) = ("n".repeat(1_000_000), "n\n".repeat(3_000_000));
    let body = format!("name,notes\nAda,{long}\nBo,fine\nCy,\"{longer}\"\n");
    let path = started(&browser, body, json!({ "0": "name", "1": "notes" })).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(3), 1, 0, 2));
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    let message = |row: usize| rejects["rows"][row]["reasons"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(message(0), "The notes must have at most 10000 characters.");
    assert!(message(1).starts_with("This row begins in line 4 and is larger than 4 MB."), "{}", message(1));
}

/// Without them a client is looked for by walking through the whole workspace, for each row.
#[tokio::test]
async fn statistics_are_there_before_postgres_looks_by_itself() {
    let app = TestApp::start().await;
    sqlx::query("alter table clients set (autovacuum_enabled = false)").execute(&mut app.sql().await).await.unwrap();
    let browser = app.owner("Nina").await;
    let rows: String = (0..5_000).map(|n| format!("P{n},p{n}@example.com\n")).collect();
    started(&browser, format!("name,email\n{rows}"), json!({ "0": "name", "1": "email" })).await;
    app.run_pending().await;
    let known: f32 = sqlx::query_scalar("select reltuples from pg_class where oid = 'clients'::regclass")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert!(known >= 2_000.0, "rows are known of: {known}");
}
