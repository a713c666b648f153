use ledgerline_jobs::{Options, engine::outcome::End, imports::PlanImport};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Browser, TestApp};
use uuid::Uuid;

use super::{Stage, operator};
use crate::isolation::routes::example;

/// Every route of the console in the OpenAPI document, with a made-up id or name.
async fn routes(app: &TestApp) -> Vec<(Method, String)> {
    let document = app.browser().get("/api/openapi.json").await.expect(200);
    let paths = document["paths"].as_object().unwrap();
    let mut routes = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with("/api/console/")) {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let path = path.replace("{id}", &Uuid::now_v7().to_string()).replace("{name}", "mail");
            routes.push((method.to_uppercase().parse().unwrap(), path));
        }
    }
    assert!(routes.len() >= 10, "{routes:?}");
    routes
}

#[tokio::test]
async fn to_everyone_but_operators_the_console_does_not_exist() {
    let app = TestApp::start().await;
    let (producer, stranger) = (app.owner("Nina").await, app.browser());
    for (method, path) in routes(&app).await {
        producer.send(producer.request(method.clone(), &path)).await.problem(404, "not_found");
        stranger.send(stranger.request(method, &path)).await.problem(401, "not_signed_in");
    }
    let paused: i64 = sqlx::query_scalar("select count(*) from queues").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(paused, 0, "and nothing was changed");
}

#[tokio::test]
async fn read_only_operators_see_everything_and_change_nothing() {
    let mut stage = Stage::new().await;
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let dead = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.end(dead, End::Dead, "no such file").await;

    for path in ["overview", "jobs", "queues", "kinds", &format!("jobs/{id}"), &format!("jobs/{dead}")] {
        watcher.get(&format!("/api/console/{path}")).await.assert_status(200);
    }
    for path in [
        &format!("jobs/{id}/cancel"),
        &format!("jobs/{dead}/retry"),
        // whether it exists makes no difference
        &format!("jobs/{}/cancel", Uuid::now_v7()),
        "queues/mail/pause",
        "queues/mail/resume",
    ] {
        watcher.post(&format!("/api/console/{path}"), &json!({})).await.problem(403, "read_only_operator");
    }
    assert_eq!(stage.job(id).await["state"], "queued");
    assert_eq!(stage.job(dead).await["state"], "dead");
    assert!(stage.audit().await.is_empty());
}

/// Every deed in the OpenAPI document: its method, its path with a made-up id or name, and a body that it accepts.
async fn deeds(app: &TestApp) -> Vec<(Method, String, Option<Value>)> {
    let document = app.browser().get("/api/openapi.json").await.expect(200);
    let mut deeds = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        // the searches that an operator keeps are nobody else's matter
        if !path.starts_with("/api/console/") || path.starts_with("/api/console/searches") {
            continue;
        }
        let operations = item.as_object().unwrap().iter();
        for (method, operation) in operations.filter(|(key, _)| !["get", "parameters"].contains(&key.as_str())) {
            let concrete = path.replace("{id}", &Uuid::now_v7().to_string()).replace("{name}", "mail");
            assert!(!concrete.contains('{'), "{path}: say what stands for its parameter");
            let schema = operation["requestBody"]["content"]["application/json"].get("schema");
            let body = schema.map(|schema| example(&document, schema, &Uuid::now_v7().to_string()));
            deeds.push((method.to_uppercase().parse().unwrap(), concrete, body));
        }
    }
    assert!(deeds.len() >= 18, "only {deeds:?}");
    deeds
}

/// Asks for each deed with a body that it accepts, with none, and with such as are nothing.
async fn ask_for_all(stage: &Stage, browser: &Browser, status: u16, code: &str) {
    for (method, path, body) in deeds(&stage.app).await {
        let request = || browser.request(method.clone(), &path);
        let json = |text: &'static str| request().header("content-type", "application/json").body(text);
        let mut asked = vec![request(), json(""), json("{"), json("[]"), json("{\"surprise\":1}"), request().body("x")];
        asked.extend(body.map(|body| request().json(&body)));
        for (number, request) in asked.into_iter().enumerate() {
            let answer = browser.send(request).await;
            assert_eq!(answer.status, status, "{method} {path}, body {number}: {}", answer.text);
            answer.problem(status, code);
        }
    }
    assert_eq!(stage.get("audit").await["entries"], Value::Array(Vec::new()), "and nothing was done");
}

#[tokio::test]
async fn every_deed_in_the_document_is_refused_to_who_may_only_look_whatever_the_body() {
    let stage = Stage::new().await;
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    ask_for_all(&stage, &watcher, 403, "read_only_operator").await;
}

#[tokio::test]
async fn no_deed_in_the_document_is_there_for_who_is_no_operator_whatever_the_body() {
    let stage = Stage::new().await;
    let producer = stage.app.owner("Nina").await;
    ask_for_all(&stage, &producer, 404, "not_found").await;
}

#[tokio::test]
async fn deeds_need_the_token_of_the_session() {
    let stage = Stage::new().await;
    let url = stage.operator.url("/api/console/queues/mail/pause");
    let answer = stage.operator.send(stage.operator.http.post(url)).await;
    answer.problem(403, "csrf_failed");
}
