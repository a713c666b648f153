use std::time::Duration;

use ledgerline_jobs::portal::SendAccountCode;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Browser, PASSWORD, TestApp};

use crate::portal_links::{Engagement, opened};

/// A client in a browser of their own.
struct Visitor {
    browser: Browser,
    csrf: String,
    portal: String,
}

impl Visitor {
    async fn of(app: &TestApp, owner: &Browser, engagement: &Engagement) -> Self {
        let (_, path) = engagement.invite(app, owner, json!({})).await;
        let browser = opened(app, &path).await;
        let visit = browser.get(&format!("{}/visit", engagement.portal())).await.expect(200);
        let csrf = visit["csrfToken"].as_str().unwrap().to_owned();
        Self { browser, csrf, portal: engagement.portal() }
    }

    async fn post(&self, what: &str, body: &Value) -> Answer {
        let url = self.browser.url(&format!("{}/{what}", self.portal));
        let request = self.browser.http.request(Method::POST, url).header("x-csrf-token", &self.csrf);
        self.browser.send(request.json(body)).await
    }

    /// Asks for a code and reads the mail with it.
    async fn code(&self, app: &TestApp, email: &str, mails: usize) -> String {
        self.post("account-codes", &json!({})).await.assert_status(202);
        app.run_pending().await;
        let mail = app.sandbox.wait_for_mails(email, mails, Duration::from_secs(5)).await.remove(0);
        mail.subject.split_once(' ').unwrap().0.to_owned()
    }
}

fn account(code: &str) -> Value {
    json!({ "code": code, "name": "Ada Kite", "password": "8 or more", "passwordConfirmation": "8 or more" })
}

#[tokio::test]
async fn a_client_opens_an_account_and_sees_all_projects_without_links() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let engagement = Engagement::of(&app, &nina, "ada@example.com").await;
    engagement.approve(&app).await;
    let visitor = Visitor::of(&app, &nina, &engagement).await;
    let code = visitor.code(&app, "ada@example.com", 2).await;
    let wrong = json!({ "code": code, "name": "", "password": "short", "passwordConfirmation": "short" });
    visitor.post("account", &wrong).await.wrong_fields(&[("name", "required"), ("password", "too_short")]);
    let different =
        json!({ "code": code, "name": "Ada", "password": "8 or more", "passwordConfirmation": "8 or less" });
    visitor.post("account", &different).await.wrong_fields(&[("passwordConfirmation", "different")]);
    visitor.post("account", &account("AAAA-AAAA")).await.wrong_fields(&[("code", "wrong")]);
    let session = visitor.post("account", &account(&code.to_lowercase())).await.expect(201);
    assert_eq!((session["user"]["email"].as_str(), &session["workspace"]), (Some("ada@example.com"), &json!(null)));
    visitor.post("account", &account(&code)).await.wrong_fields(&[("code", "wrong")]);

    // another workspace works for the same address, and one for somebody else
    let second = Engagement::of(&app, &otto, "ada@example.com").await;
    otto.post(&second.links(), &json!({ "send": false })).await.assert_status(201);
    let foreign = Engagement::of(&app, &otto, "bo@example.com").await;
    foreign.invite(&app, &otto, json!({})).await;

    let browser = app.browser();
    browser.get("/my").await.assert_status(303);
    let login = json!({ "email": "ada@example.com", "password": "8 or more" });
    browser.post("/api/sessions", &login).await.assert_status(201);
    let dashboard = browser.get("/api/client/dashboard").await.expect(200);
    assert_eq!((dashboard["totalProjects"].as_i64(), dashboard["activeProjects"].as_i64()), (Some(1), Some(1)));
    assert_eq!(dashboard["totalSpent"], json!([{ "amount": 100_000, "currency": "EUR" }]));
    let seen: Vec<&str> =
        dashboard["engagements"].as_array().unwrap().iter().map(|one| one["workspaceName"].as_str().unwrap()).collect();
    assert!(seen.len() == 2 && seen.contains(&"Nina's") && seen.contains(&"Otto's"), "{seen:?}");
    let page = browser.get("/my").await;
    assert!(page.status == 200 && page.text.contains(r#""state":"mine""#), "{}", page.text);
    let visit = browser.get(&format!("{}/visit", engagement.portal())).await.expect(200);
    assert_eq!((visit["hasAccount"].as_bool(), visit["preview"].as_bool()), (Some(true), Some(false)));
    browser.get(&second.portal()).await.assert_status(200);
    browser.get(&foreign.portal()).await.problem(404, "not_found");
    browser.post(&format!("{}/account-codes", engagement.portal()), &json!({})).await.problem(409, "has_account");
    browser.get("/api/clients").await.problem(409, "no_workspace");

    // guest access stays, and revoking the link ends both
    visitor.browser.get(&engagement.portal()).await.assert_status(200);
    let links = nina.get(&engagement.links()).await.expect(200);
    let revoke = format!("{}/{}/revoke", engagement.links(), links["links"][0]["id"].as_str().unwrap());
    nina.post(&revoke, &json!({})).await.assert_status(200);
    browser.get(&engagement.portal()).await.problem(404, "not_found");
}

#[tokio::test]
async fn an_address_with_an_account_logs_in_and_needs_the_code_too() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    // Otto has a workspace of his own and is a client of Nina's
    let engagement = Engagement::of(&app, &nina, "otto@example.com").await;
    let visitor = Visitor::of(&app, &nina, &engagement).await;
    otto.get(&engagement.portal()).await.problem(404, "not_found");
    let code = visitor.code(&app, "otto@example.com", 2).await;
    visitor.post("account", &account(&code)).await.problem(409, "email_taken");
    let wrong = json!({ "code": code, "password": "not the password" });
    visitor.post("account/login", &wrong).await.problem(401, "wrong_credentials");
    let no_code = json!({ "code": "AAAA-AAAA", "password": PASSWORD });
    visitor.post("account/login", &no_code).await.wrong_fields(&[("code", "wrong")]);
    visitor.post("account/login", &json!({ "code": code, "password": PASSWORD })).await.assert_status(201);
    otto.get(&engagement.portal()).await.assert_status(200);
    assert_eq!(otto.get("/api/client/dashboard").await.expect(200)["engagements"][0]["title"], "The album");
    assert_eq!(nina.get("/api/client/dashboard").await.expect(200)["engagements"], json!([]));
}

#[tokio::test]
async fn a_code_is_good_for_half_an_hour_and_stands_in_no_job() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let visitor = Visitor::of(&app, &owner, &engagement).await;
    visitor.post("account-codes", &json!({})).await.assert_status(202);
    let jobs: Vec<SendAccountCode> = app.enqueued().await;
    assert_eq!(jobs.len(), 1);
    app.run_pending().await;
    let first = app.sandbox.wait_for_mails("ada@example.com", 2, Duration::from_secs(5)).await.remove(0);
    let first = first.subject.split_once(' ').unwrap().0.to_owned();
    let second = visitor.code(&app, "ada@example.com", 3).await;
    visitor.post("account", &account(&first)).await.wrong_fields(&[("code", "wrong")]);
    app.travel("31 minutes").await;
    visitor.post("account", &account(&second)).await.wrong_fields(&[("code", "wrong")]);
    let third = visitor.code(&app, "ada@example.com", 4).await;
    visitor.post("account", &account(&third)).await.assert_status(201);
    let told: i64 = sqlx::query_scalar(
        "select count(*) from (select j::text as t from finished_jobs j union all select a::text from audit_log a) x
         where x.t like '%' || $1 || '%' or x.t like '%' || replace($1, '-', '') || '%'",
    )
    .bind(&third)
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(told, 0);
}
