use serde_json::{Value, json};
use support::TestApp;

use super::{client, pair, path};

#[tokio::test]
async fn two_clients_stand_side_by_side_until_somebody_decides() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada", "email": "ada@example.com", "notes": "mine" })).await;
    let other = client(&browser, json!({ "name": "Ada O.", "phone": "+49 30 1234567", "notes": "mine" })).await;
    let merge = pair(&browser, &ada, &other).await;
    assert_eq!((&merge["state"], &merge["reason"]), (&json!("suggested"), &json!("person")));
    assert_eq!((&merge["client"]["id"], &merge["other"]["id"]), (&ada["id"], &other["id"]));
    assert_eq!(merge["differing"], json!(["name", "email", "phone"]));
    assert_eq!(pair(&browser, &other, &ada).await["id"], merge["id"], "the same two stand there once");

    let list = browser.get("/api/merges").await.expect(200);
    assert_eq!((&list["total"]["count"], &list["merges"][0]["id"]), (&json!(1), &merge["id"]));
    let of_client = browser.get(&format!("/api/merges?clientId={}", other["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(of_client["merges"].as_array().unwrap().len(), 1);

    let ignored = browser.post(&format!("{}/ignore", path(&merge)), &Value::Null).await.expect(200);
    assert_eq!((&ignored["state"], &ignored["decidedBy"]), (&json!("ignored"), &json!("Nina")));
    browser.post(&format!("{}/ignore", path(&merge)), &Value::Null).await.assert_status(200);
    assert_eq!(browser.get("/api/merges").await.expect(200)["total"]["count"], 0);
    assert_eq!(browser.get("/api/merges?state=ignored").await.expect(200)["total"]["count"], 1);
    // a person may think again
    assert_eq!(pair(&browser, &ada, &other).await["state"], "suggested");
}

#[tokio::test]
async fn who_is_not_there_twice_the_same_or_archived_is_refused() {
    let app = TestApp::start().await;
    let (browser, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let ada = client(&browser, json!({ "name": "Ada" })).await;
    let bo = client(&browser, json!({ "name": "Bo" })).await;
    let theirs = client(&otto, json!({ "name": "Theirs" })).await;
    let ask = |one: &Value, other: &Value| json!({ "clientId": one["id"], "otherId": other["id"] });
    browser.post("/api/merges", &ask(&ada, &theirs)).await.problem(404, "not_found");
    browser.post("/api/merges", &ask(&theirs, &ada)).await.problem(404, "not_found");
    browser.post("/api/merges", &ask(&ada, &ada)).await.problem(422, "invalid");
    browser
        .post(&format!("/api/clients/{}/archive", bo["id"].as_str().unwrap()), &Value::Null)
        .await
        .assert_status(200);
    browser.post("/api/merges", &ask(&ada, &bo)).await.problem(409, "client_archived");
    assert_eq!(browser.get("/api/merges").await.expect(200)["total"]["count"], 0);
}

#[tokio::test]
async fn suggestions_come_in_pages() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = client(&browser, json!({ "name": "Ada" })).await;
    let mut made = Vec::new();
    for n in 0..3 {
        let other = client(&browser, json!({ "name": format!("Ada {n}") })).await;
        made.push(pair(&browser, &first, &other).await["id"].clone());
    }
    made.reverse();
    let one = browser.get("/api/merges?limit=2").await.expect(200);
    let two =
        browser.get(&format!("/api/merges?limit=2&cursor={}", one["nextCursor"].as_str().unwrap())).await.expect(200);
    let ids: Vec<Value> = [&one, &two]
        .iter()
        .flat_map(|page| page["merges"].as_array().unwrap())
        .map(|merge| merge["id"].clone())
        .collect();
    assert_eq!(ids, made);
    assert_eq!(two["nextCursor"], Value::Null);
    browser.get("/api/merges?cursor=nonsense").await.problem(400, "invalid_cursor");
}
