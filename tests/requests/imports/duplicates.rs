use ledgerline_jobs::{
    engine::outcome::Outcome,
    imports::{ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use support::{Browser, TestApp, Worker};

use super::{counts, path, started_with, upload};

const MAPPING: [&str; 5] = ["name", "email", "phone", "company", "notes"];

/// Imports rows of name, email address, phone number, company and notes.
async fn import(app: &TestApp, browser: &Browser, rows: &[&str], rule: &str) -> String {
    let path = start(browser, rows, rule).await;
    app.run_pending().await;
    path
}

async fn start(browser: &Browser, rows: &[&str], rule: &str) -> String {
    started_with(browser, file(rows), json!({ "mapping": mapping(), "duplicates": rule, "phoneRegion": "DE" })).await
}

/// Uploads rows without starting them.
async fn start_later(browser: &Browser, rows: &[&str]) -> String {
    path(&upload(browser, "clients.csv", file(rows)).await.expect(201))
}

fn file(rows: &[&str]) -> String {
    format!("{}\n{}\n", MAPPING.join(","), rows.join("\n"))
}

fn mapping() -> Value {
    MAPPING.iter().enumerate().map(|(index, field)| (index.to_string(), *field)).collect()
}

/// `name|email|phone|company|notes` of every client who is not archived, by name.
async fn clients(browser: &Browser) -> Vec<String> {
    let page = browser.get("/api/clients?sort=name&limit=200").await.expect(200);
    let text = |client: &Value, field: &str| client[field].as_str().unwrap_or_default().to_owned();
    let line = |client: &Value| MAPPING.map(|field| text(client, field)).join("|");
    page["clients"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn who_is_here_stays_as_they_are_unless_asked_otherwise() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ADA@example.com,,,", "Bo,,030 1234567,,", "Cy,,,Kite,"], "skip").await;
    let rows = [
        "Other Ada,ada@example.com,030 999999,Wren,new",
        "Other Bo,,+49 30 1234567,Wren,new",
        " cy ,,,KITE,new",
        "Cy,,,Wren,another company is another client",
    ];
    let path = import(&app, &browser, &rows, "skip").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [1, 0, 3, 0]));
    assert_eq!(
        clients(&browser).await,
        ["Ada|ADA@example.com|||", "Bo||030 1234567||", "Cy|||Kite|", "Cy|||Wren|another company is another client"]
    );
    let import = browser.get(&path).await.expect(200);
    assert_eq!((&import["duplicates"], &import["phoneRegion"]), (&json!("skip"), &json!("DE")));
}

#[tokio::test]
async fn empty_fields_are_filled_and_nothing_else() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ada@example.com,,Kite,", "Bo,bo@example.com,,,kept"], "skip").await;
    let rows = ["Ada O.,ada@example.com,030 1234567,Wren,new", "Bo,bo@example.com,,,other"];
    let path = import(&app, &browser, &rows, "fillEmpty").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [0, 1, 1, 0]));
    assert_eq!(clients(&browser).await, ["Ada|ada@example.com|030 1234567|Kite|new", "Bo|bo@example.com|||kept"]);
}

#[tokio::test]
async fn cells_that_are_not_empty_replace_what_is_there() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ada@example.com,,Kite,old"], "skip").await;
    let path = import(&app, &browser, &["Ada O.,ada@example.com,,Wren,"], "overwrite").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [0, 1, 0, 0]));
    assert_eq!(clients(&browser).await, ["Ada O.|ada@example.com||Wren|old"]);
    let events: Vec<Value> = sqlx::query_scalar("select data from events where kind = 'client_updated'")
        .fetch_all(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(events[0]["fields"], json!(["name", "company"]));
    assert_eq!(events[0]["row"], 2);
    // the page of the client notices that somebody has changed it
    let found = browser.get("/api/clients").await.expect(200);
    assert_eq!(found["clients"][0]["version"], 2);
}

#[tokio::test]
async fn a_second_client_is_created_without_the_address_and_a_merge_suggested() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ada@example.com,,Kite,", "Bo,,030 1234567,,"], "skip").await;
    let rows = ["Ada O.,Ada@example.com,,Wren,", "Bo B.,,030 1234567,,", "Cy,cy@example.com,,,"];
    let path = import(&app, &browser, &rows, "createAndSuggest").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [3, 0, 0, 0]));
    assert_eq!(
        clients(&browser).await,
        [
            "Ada|ada@example.com||Kite|",
            "Ada O.|||Wren|",
            "Bo||030 1234567||",
            "Bo B.||030 1234567||",
            "Cy|cy@example.com|||"
        ]
    );
    let merges: Vec<(String, Option<String>, String)> =
        sqlx::query_as("select reason, email, state from merges order by reason")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    let open = "suggested".to_owned();
    assert_eq!(
        merges,
        [("email".to_owned(), Some("Ada@example.com".to_owned()), open.clone()), ("phone".to_owned(), None, open)]
    );
    assert_eq!(browser.get(&path).await.expect(200)["suggested"], 2);
}

#[tokio::test]
async fn a_weaker_key_merges_nobody_but_suggests_to() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ada@example.com,030 1234567,Kite,", "Bo,,030 7654321,Wren,"], "skip").await;
    let rows = [
        // another address, the same number
        "Someone,someone@example.com,+49 (30) 1234567,,",
        // another number, the same name and company
        "bo,,030 1111111,wren,",
        // the same name alone says nothing
        "Ada,,030 2222222,,",
    ];
    let path = import(&app, &browser, &rows, "overwrite").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [3, 0, 0, 0]));
    let merges: Vec<(String, String, String)> = sqlx::query_as(
        "select reason, c.name, o.name from merges m join clients c on c.id = m.client_id
           join clients o on o.id = m.other_id order by reason, o.name",
    )
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap();
    let merges: Vec<String> = merges.into_iter().map(|(why, one, other)| format!("{why}: {one}, {other}")).collect();
    assert_eq!(merges, ["name: Bo, bo", "phone: Ada, Someone"]);
}

#[tokio::test]
async fn a_row_is_the_oldest_client_who_has_its_first_key_whatever_else_they_have() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let rows = ["Ada,ada@example.com,030 1234567,Kite,", "Bo,bo@example.com,030 1234567,Kite,", "ΝΊΚΟΣ,,030 5,,"];
    import(&app, &browser, &rows, "skip").await;
    let rows = ["X,,+49 30 1234567,Wren,by the number", "bo,,, KITE,by the name", "Νίκος,,,,by a Greek name"];
    let path = start_later(&browser, &rows).await;
    let choices = json!({ "mapping": mapping(), "duplicates": "fillEmpty", "phoneRegion": "DE" });
    let preview = browser.post(&format!("{path}/preview"), &choices).await.expect(200);
    let told = |row: &Value| json!([row["duplicateOf"]["name"], row["matchedBy"]]);
    let told: Vec<Value> = preview["rows"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(told, [json!(["Ada", "phone"]), json!(["Bo", "name"]), json!(["ΝΊΚΟΣ", "name"])]);

    browser.post(&format!("{path}/start"), &choices).await.assert_status(202);
    app.run_pending().await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [0, 3, 0, 0]));
    assert_eq!(
        clients(&browser).await,
        [
            "Ada|ada@example.com|030 1234567|Kite|by the number",
            "Bo|bo@example.com|030 1234567|Kite|by the name",
            "ΝΊΚΟΣ||030 5||by a Greek name"
        ]
    );
    // one who is gone does not count, so it is the next
    let ada = browser.get("/api/clients?search=ada").await.expect(200);
    let ada = ada["clients"][0]["id"].as_str().unwrap();
    browser.post(&format!("/api/clients/{ada}/archive"), &json!({})).await.assert_status(200);
    import(&app, &browser, &["X,,0301234567,,once more"], "overwrite").await;
    assert_eq!(clients(&browser).await[0], "X|bo@example.com|0301234567|Kite|once more");
}

#[tokio::test]
async fn rows_that_know_one_client_by_different_keys_follow_each_other() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ada@example.com,030 1234567,Kite,"], "skip").await;
    let rows = ["Ada,,,Kite,one", "Ada,,030 1234567,,two", "Ada,ada@example.com,,Wren,three"];
    let path = import(&app, &browser, &rows, "overwrite").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [0, 3, 0, 0]));
    assert_eq!(clients(&browser).await, ["Ada|ada@example.com|030 1234567|Wren|three"]);
    browser.post(&format!("{path}/undo"), &json!({})).await.assert_status(202);
    app.run_pending().await;
    assert_eq!(clients(&browser).await, ["Ada|ada@example.com|030 1234567|Kite|"]);

    let path = import(&app, &browser, &rows, "createAndSuggest").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [3, 0, 0, 0]));
    assert_eq!(browser.get(&path).await.expect(200)["suggested"], 3);
}

#[tokio::test]
async fn what_an_import_makes_or_fills_is_no_key_for_its_other_chunks() {
    let app = TestApp::start().await;
    let worker = Worker::start(&app).await;
    let mut rows =
        vec!["Ada,ada@example.com,030 1234567,Kite,".to_owned(), "Bo,bo@example.com,030 7654321,Wren,".to_owned()];
    rows.extend((0..2_000).map(|n| format!("F{n},f{n}@example.com,,,")));
    rows.extend(["Else,,030 1234567,,", "Also,,030 7654321,,", "Ada,,,Kite,", "Bo,,,Wren,"].map(str::to_owned));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    for order in [[0, 1], [1, 0]] {
        let browser = app.owner(&format!("Nina{order:?}").replace([' ', ',', '[', ']'], "")).await;
        import(&app, &browser, &["Ada,ada@example.com,,,"], "skip").await;
        let path = start(&browser, &rows, "fillEmpty").await;
        worker.run::<PlanImport>().await;
        let due = worker.due::<ImportChunk>().await;
        assert_eq!(due.len(), 2);
        for index in order {
            worker.work(&worker.claim(due[index]).await).await;
        }
        app.run_pending().await;
        assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [2_005, 1, 0, 0]), "{order:?}");
    }
}

#[tokio::test]
async fn a_number_that_many_share_suggests_nothing() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let rows: Vec<String> = (0..11).map(|n| format!("P{n},p{n}@example.com,030 1234567,,")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let path = import(&app, &browser, &rows, "skip").await;
    assert_eq!(browser.get(&path).await.expect(200)["suggested"], 0);
    // ten may be one family
    let fewer: Vec<String> =
        rows.iter().take(10).map(|row| row.replace("30 1234567", "30 7654321").replace('p', "q")).collect();
    let fewer: Vec<&str> = fewer.iter().map(String::as_str).collect();
    let path = import(&app, &browser, &fewer, "skip").await;
    assert_eq!(browser.get(&path).await.expect(200)["suggested"], 9);
}

#[tokio::test]
async fn rows_of_one_file_follow_each_other_and_archived_clients_do_not_count() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let gone = browser.post("/api/clients", &json!({ "name": "Ada", "email": "ada@example.com" })).await.expect(201);
    browser
        .post(&format!("/api/clients/{}/archive", gone["id"].as_str().unwrap()), &json!({}))
        .await
        .assert_status(200);
    let rows = [
        "Ada,ada@example.com,,,first",
        "Ada,ada@example.com,,Kite,second",
        "Bo,,030 1234567,,",
        "Bo,,+49301234567,,third",
    ];
    let path = import(&app, &browser, &rows, "fillEmpty").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [2, 2, 0, 0]));
    assert_eq!(clients(&browser).await, ["Ada|ada@example.com||Kite|first", "Bo||030 1234567||third"]);
}

#[tokio::test]
async fn a_name_that_was_made_of_the_address_renames_nobody() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    browser.post("/api/clients", &json!({ "name": "Ada Okafor", "email": "ada@example.com" })).await.assert_status(201);
    let start = json!({ "mapping": { "0": "email", "1": "notes" }, "duplicates": "overwrite" });
    let path = started_with(&browser, "email,notes\nada@example.com,new\n", start).await;
    app.run_pending().await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [0, 1, 0, 0]));
    assert_eq!(clients(&browser).await, ["Ada Okafor|ada@example.com|||new"]);
}

#[tokio::test]
async fn what_is_asked_for_is_checked() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    let start = format!("{}/start", path(&made));
    let answer = browser.post(&start, &json!({ "mapping": { "0": "name" }, "phoneRegion": "Germany" })).await;
    assert_eq!(answer.problem(422, "invalid")["errors"][0]["field"], "phoneRegion");
    let answer = browser.post(&start, &json!({ "mapping": { "0": "name" }, "duplicates": "whatever" })).await;
    assert!(answer.status == 400 || answer.status == 422, "{}", answer.text);
    assert_eq!(browser.get(&path(&made)).await.expect(200)["state"], "uploaded");
}

#[tokio::test]
async fn an_import_knows_no_client_of_another_workspace() {
    let app = TestApp::start().await;
    let (browser, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let rows = ["Ada,ada@example.com,,Kite,", "Bo,,030 1234567,,", "Cy,,,Wren,"];
    import(&app, &otto, &rows, "skip").await;
    let theirs = clients(&otto).await;
    for rule in ["overwrite", "fillEmpty", "createAndSuggest", "skip"] {
        let browser = if rule == "overwrite" { &browser } else { &app.owner(rule).await };
        let mine = ["Ada,ada@example.com,,Kite,mine", "Bo,,030 1234567,,mine", "Cy,,,Wren,mine"];
        let path = import(&app, browser, &mine, rule).await;
        assert_eq!(counts(browser, &path).await, ("completed".to_owned(), [3, 0, 0, 0]), "{rule}");
        assert_eq!(browser.get("/api/merges").await.expect(200)["total"]["count"], 0, "{rule}");
    }
    assert_eq!(clients(&otto).await, theirs);
}

#[tokio::test]
async fn chunks_at_the_same_time_make_no_doubles_by_any_key() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    for (round, rule) in ["skip", "fillEmpty", "overwrite"].into_iter().enumerate() {
        let row = |n: &usize, turn: usize| match n % 3 {
            0 => format!("E{n},r{round}e{n}@example.com,,,note {turn}"),
            1 => format!("P{n},,030 {round}{n:06},,note {turn}"),
            _ => format!("N{n},,,Company {round},note {turn}"),
        };
        let numbers: Vec<usize> = (0..600).collect();
        let up: Vec<String> = numbers.iter().map(|n| row(n, 1)).collect();
        let down: Vec<String> = numbers.iter().rev().map(|n| row(n, 2)).collect();
        let as_text = |rows: &[String]| rows.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        let first = start(&browser, &[&as_text(&up)], rule).await;
        let second = start(&browser, &[&as_text(&down)], rule).await;
        worker.run::<PlanImport>().await;
        let due = worker.due::<ImportChunk>().await;
        let (one, two) = (worker.claim(due[0]).await, worker.claim(due[1]).await);
        assert_eq!(tokio::join!(worker.work(&one), worker.work(&two)), (Outcome::Settled, Outcome::Settled));
        app.run_pending().await;
        let (one, two) = (counts(&browser, &first).await, counts(&browser, &second).await);
        assert_eq!((one.1[0] + two.1[0], one.1[1] + two.1[1] + one.1[2] + two.1[2]), (600, 600), "{rule}");
        let here: i64 =
            sqlx::query_scalar("select count(*) from clients").fetch_one(&mut app.sql().await).await.unwrap();
        assert_eq!(here, 600 * (i64::try_from(round).unwrap() + 1), "{rule}");
    }
}

/// Programs do not agree about the small letters of these; the index of addresses is made of Postgres's.
#[tokio::test]
async fn addresses_are_the_same_when_the_database_says_so() {
    let app = TestApp::start().await;
    for rule in ["skip", "fillEmpty", "createAndSuggest"] {
        let browser = app.owner(rule).await;
        let mut rows = vec![
            "Ada,İLETİŞİM@example.com,,,".to_owned(),
            "Nik,ΝΊΚΟΣ@example.com,,,".to_owned(),
            "Bo,bo@x.io,,,".to_owned(),
        ];
        rows.extend((0..2_000).map(|n| format!("F{n},f{n}@example.com,,,")));
        rows.extend(["Ada,İLETİŞİM@example.com,,,", "Nik,ΝΊΚΟΣ@example.com,,,"].map(str::to_owned));
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let first = import(&app, &browser, &rows, rule).await;
        let doubles = if rule == "createAndSuggest" { 2 } else { 0 };
        let expected = [2_003 + doubles, 0, 2 - doubles, 0];
        assert_eq!(counts(&browser, &first).await, ("completed".to_owned(), expected), "{rule}");
        let again = import(
            &app,
            &browser,
            &["Ada,İLETİŞİM@example.com,,,", "Nik,ΝΊΚΟΣ@example.com,,,", "Bo,BO@x.io,,,"],
            "skip",
        )
        .await;
        assert_eq!(counts(&browser, &again).await, ("completed".to_owned(), [0, 0, 3, 0]), "{rule}");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_by_nobody_costs_its_row_alone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    import(&app, &browser, &["Ada,ada@example.com,,,"], "skip").await;
    // as if the look-up and the index did not agree about an address
    sqlx::query(
        "create or replace function auth.clients_by_email(emails text[]) returns table (id uuid, email text)
           language sql stable security definer set search_path = public, pg_temp
           as $$ select null::uuid, null::text where false $$",
    )
    .execute(&mut app.sql().await)
    .await
    .unwrap();
    let path = import(&app, &browser, &["Bo,bo@example.com,,,", "Ada O.,ADA@example.com,,,mine"], "skip").await;
    assert_eq!(counts(&browser, &path).await, ("completed".to_owned(), [1, 0, 0, 1]));
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    let reject = &rejects["rows"][0];
    assert_eq!(
        (&reject["rowNumber"], &reject["columns"], &reject["reasons"][0]["field"]),
        (&json!(3), &json!(["Ada O.", "ADA@example.com", "", "", "mine"]), &json!("email"))
    );
    assert!(reject["reasons"][0]["message"].as_str().unwrap().contains("by hand"), "{reject}");
}
