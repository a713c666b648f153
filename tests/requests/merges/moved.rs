use serde_json::{Value, json};
use support::{TestApp, wait_for};

use super::{accepted, client, pair, path};

/// Names of the clients of each suggestion.
async fn suggested(browser: &support::Browser) -> Vec<[String; 2]> {
    let page = browser.get("/api/merges").await.expect(200);
    let merges = page["merges"].as_array().unwrap();
    assert_eq!(page["total"]["count"], merges.len());
    let name = |client: &Value| client["name"].as_str().unwrap().to_owned();
    let mut pairs: Vec<_> = merges.iter().map(|each| [name(&each["client"]), name(&each["other"])]).collect();
    pairs.sort();
    pairs
}

fn pairs(names: &[[&str; 2]]) -> Vec<[String; 2]> {
    names.iter().map(|pair| pair.map(str::to_owned)).collect()
}

#[tokio::test]
async fn what_else_was_suggested_about_the_one_who_is_gone_is_about_the_one_who_is_kept() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let [a, b, c, d, e] = ["A", "B", "C", "D", "E"].map(|name| json!({ "name": name }));
    let (a, b, c) = (client(&browser, a).await, client(&browser, b).await, client(&browser, c).await);
    let (d, e) = (client(&browser, d).await, client(&browser, e).await);
    let first = pair(&browser, &a, &b).await;
    pair(&browser, &b, &c).await;
    pair(&browser, &d, &b).await;
    // both are suggested about D already
    pair(&browser, &a, &d).await;
    accepted(&browser, &first, &a, &[]).await;
    assert_eq!(suggested(&browser).await, pairs(&[["A", "C"], ["A", "D"]]));
    // and on to a third
    let second = pair(&browser, &e, &a).await;
    accepted(&browser, &second, &e, &[]).await;
    assert_eq!(suggested(&browser).await, pairs(&[["E", "C"], ["E", "D"]]));

    browser.post(&format!("{}/undo", path(&second)), &Value::Null).await.assert_status(200);
    assert_eq!(suggested(&browser).await, pairs(&[["A", "C"], ["A", "D"]]));
    // what was decided meanwhile stays decided
    let page = browser.get("/api/merges").await.expect(200);
    let with_c = page["merges"].as_array().unwrap().iter().find(|each| each["other"]["name"] == "C").unwrap().clone();
    browser.post(&format!("{}/ignore", path(&with_c)), &Value::Null).await.assert_status(200);
    browser.post(&format!("{}/undo", path(&first)), &Value::Null).await.assert_status(200);
    assert_eq!(suggested(&browser).await, pairs(&[["A", "D"], ["D", "B"]]));
    // somebody who is archived is not suggested until they are back
    let d = format!("/api/clients/{}", d["id"].as_str().unwrap());
    browser.post(&format!("{d}/archive"), &Value::Null).await.assert_status(200);
    assert_eq!(suggested(&browser).await, pairs(&[]));
    browser.post(&format!("{d}/restore"), &Value::Null).await.assert_status(200);
    assert_eq!(suggested(&browser).await, pairs(&[["A", "D"], ["D", "B"]]));
}

/// Whoever decides about a suggestion locks it before its clients, and so must whoever makes it again.
#[tokio::test]
async fn who_suggests_again_waits_for_the_suggestion_and_holds_no_client_meanwhile() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (a, b) = (client(&browser, json!({ "name": "A" })).await, client(&browser, json!({ "name": "B" })).await);
    let merge = pair(&browser, &a, &b).await;
    let (mut sql, mut other) = (app.sql().await, app.sql().await);
    let mut held = sqlx::Connection::begin(&mut sql).await.unwrap();
    sqlx::query("select from merges for update").execute(&mut *held).await.unwrap();
    let decided = async {
        wait_for("the suggestion waits", || async {
            sqlx::query_scalar::<_, bool>(
                "select exists (select from pg_locks join pg_stat_activity using (pid)
                   where not granted and datname = current_database())",
            )
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap()
        })
        .await;
        sqlx::query("select from clients for update nowait").execute(&mut other).await.expect("nobody holds a client");
        held.commit().await.unwrap();
    };
    let (again, ()) = tokio::join!(pair(&browser, &a, &b), decided);
    assert_eq!(again["id"], merge["id"]);
}
