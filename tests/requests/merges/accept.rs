use serde_json::{Value, json};
use support::TestApp;

use super::{accepted, choice, client, edit, pair, path, read};

#[tokio::test]
async fn one_is_left_with_the_chosen_fields_and_the_other_points_to_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada", "email": "ada@example.com", "notes": "mine" })).await;
    let other = client(
        &browser,
        json!({ "name": "Ada O.", "email": "o@example.com", "budgetMinor": { "min": 1, "max": 2 }, "budgetCurrency": "EUR" }),
    )
    .await;
    let merge = pair(&browser, &ada, &other).await;
    let done = accepted(&browser, &merge, &ada, &["email", "budget"]).await;
    assert_eq!((&done["state"], &done["keptId"], &done["decidedBy"]), (&json!("merged"), &ada["id"], &json!("Nina")));
    let kept = read(&browser, &ada).await;
    assert_eq!(
        json!([
            kept["name"],
            kept["email"],
            kept["notes"],
            kept["budgetMinor"],
            kept["budgetCurrency"],
            kept["version"]
        ]),
        json!(["Ada", "o@example.com", "mine", { "min": 1, "max": 2 }, "EUR", 2])
    );
    // the id of the other keeps working and says where to look
    let gone = read(&browser, &other).await;
    assert_eq!((&gone["mergedInto"], &gone["name"]), (&ada["id"], &json!("Ada O.")));
    assert!(gone["archivedAt"].is_string());
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 1);
    // it is nobody of its own any more
    let gone_path = format!("/api/clients/{}", other["id"].as_str().unwrap());
    let restore = browser.post(&format!("{gone_path}/restore"), &Value::Null).await;
    assert_eq!(restore.problem(409, "merged")["existingId"], ada["id"]);
    let change = json!({ "version": gone["version"], "name": "x" });
    browser.send(browser.request(reqwest::Method::PATCH, &gone_path).json(&change)).await.problem(409, "merged");

    let events: Vec<(String, String)> =
        sqlx::query_as("select kind, subject_id::text from events where kind like 'client\\_merge%' order by kind")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    let id = |client: &Value| client["id"].as_str().unwrap().to_owned();
    assert_eq!(events, [("client_merged".to_owned(), id(&ada)), ("client_merged_into".to_owned(), id(&other))]);
}

#[tokio::test]
async fn the_later_one_may_be_kept_and_the_address_of_the_file_is_there_to_take() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada", "email": "ada@example.com" })).await;
    let start = json!({ "mapping": { "0": "name", "1": "email" }, "duplicates": "createAndSuggest" });
    let made = browser
        .send(
            browser
                .request(reqwest::Method::POST, "/api/imports?filename=a.csv")
                .header("content-type", "text/csv")
                .body("name,email\nAda O.,Ada@example.com\n"),
        )
        .await
        .expect(201);
    let import = format!("/api/imports/{}", made["id"].as_str().unwrap());
    browser.post(&format!("{import}/start"), &start).await.assert_status(202);
    app.run_pending().await;
    let of_import = format!("/api/merges?importId={}", made["id"].as_str().unwrap());
    let list = browser.get(&of_import).await.expect(200);
    let merge = &list["merges"][0];
    assert_eq!((&merge["reason"], &merge["email"]), (&json!("email"), &json!("Ada@example.com")));
    assert_eq!(merge["differing"], json!(["name", "email"]));
    let other = merge["other"].clone();
    accepted(&browser, merge, &other, &["email"]).await;
    let kept = read(&browser, &other).await;
    assert_eq!((&kept["name"], &kept["email"]), (&json!("Ada O."), &json!("ada@example.com")));
    assert_eq!(read(&browser, &ada).await["mergedInto"], other["id"]);
    // the import is not alone with this client any more
    browser.post(&format!("{import}/undo"), &Value::Null).await.assert_status(202);
    app.run_pending().await;
    let left = browser.get(&format!("{import}/leftovers")).await.expect(200);
    assert_eq!(left["leftovers"][0]["reason"], "merged");
    assert_eq!(read(&browser, &other).await["name"], "Ada O.");
}

#[tokio::test]
async fn of_two_people_who_decide_at_once_the_second_is_told() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada" })).await;
    let other = client(&browser, json!({ "name": "Ada O." })).await;
    let merge = pair(&browser, &ada, &other).await;
    let accept = format!("{}/accept", path(&merge));
    let (keep_one, keep_other) = (choice(&merge, &ada, &[]), choice(&merge, &other, &[]));
    let (one, two) = tokio::join!(browser.post(&accept, &keep_one), browser.post(&accept, &keep_other));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
    let late = if one.status == 409 { one } else { two };
    assert!(late.problem(409, "already_merged")["detail"].as_str().unwrap().starts_with("Nina has merged"));
    browser.post(&format!("{}/ignore", path(&merge)), &Value::Null).await.problem(409, "already_merged");
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 1);
}

#[tokio::test]
async fn what_changed_meanwhile_is_looked_at_again() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada" })).await;
    let other = client(&browser, json!({ "name": "Ada O." })).await;
    let third = client(&browser, json!({ "name": "Bo" })).await;
    let merge = pair(&browser, &ada, &other).await;
    let accept = format!("{}/accept", path(&merge));
    browser.post(&accept, &choice(&merge, &third, &[])).await.problem(422, "invalid");
    edit(&browser, &other, json!({ "notes": "new" })).await;
    browser.post(&accept, &choice(&merge, &ada, &[])).await.problem(409, "stale_version");
    browser
        .post(&format!("/api/clients/{}/archive", other["id"].as_str().unwrap()), &Value::Null)
        .await
        .assert_status(200);
    let merge = browser.get(&path(&merge)).await.expect(200);
    browser.post(&accept, &choice(&merge, &ada, &[])).await.problem(409, "client_archived");
    // an address that a third has is refused as everywhere
    let held = client(&browser, json!({ "name": "Cy", "email": "cy@example.com" })).await;
    assert!(held["id"].is_string());
    assert_eq!(read(&browser, &ada).await["version"], 1, "nothing was written");
}
