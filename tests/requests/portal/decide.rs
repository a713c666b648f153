//! A client decides in the portal, from the mail of the proposal to the end of a project that costs nothing.

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};

use crate::portal_links::{Engagement, mailed, opened};

/// A client who has opened their link.
pub(crate) struct Reader {
    pub(crate) browser: Browser,
    pub(crate) portal: String,
    pub(crate) csrf: String,
}

impl Reader {
    pub(crate) async fn of(app: &TestApp, link: &str, portal: &str) -> Self {
        let browser = opened(app, link).await;
        let visit = browser.get(&format!("{portal}/visit")).await.expect(200);
        Self { browser, portal: portal.to_owned(), csrf: visit["csrfToken"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn act(&self, what: &str, body: Value) -> Answer {
        self.send(Method::POST, what, body).await
    }

    pub(crate) async fn send(&self, method: Method, what: &str, body: Value) -> Answer {
        let path = format!("{}/{what}", self.portal);
        let request = self.browser.http.request(method, self.browser.url(&path));
        self.browser.send(request.header("x-csrf-token", &self.csrf).json(&body)).await
    }

    pub(crate) async fn get(&self, what: &str) -> Answer {
        self.browser.get(&format!("{}/{what}", self.portal)).await
    }

    pub(crate) async fn page(&self) -> Value {
        self.browser.get(&format!("{}/page", self.portal)).await.expect(200)
    }
}

/// A proposal that costs nothing, mailed to ada@example.com: its path, and whoever has opened the mail.
async fn sent(app: &TestApp, producer: &Browser) -> (String, Reader) {
    let contact = json!({ "name": "Ada", "email": "ada@example.com" });
    let plan = json!({ "purpose": "One song.", "totalMinor": 0, "phases": [], "milestones": [], "instalments": [] });
    let body = json!({ "title": "A song", "contact": contact, "currency": "EUR", "plan": plan });
    let proposal = producer.post("/api/proposals", &body).await.expect(201);
    let path = format!("/api/proposals/{}", proposal["id"].as_str().unwrap());
    producer.post(&format!("{path}/send"), &json!({ "version": proposal["version"] })).await.assert_status(200);
    let link = mailed(app, "ada@example.com", 1).await;
    let reader = Reader::of(app, &link, &format!("{path}/portal")).await;
    (path, reader)
}

#[tokio::test]
async fn from_the_mail_of_a_proposal_to_the_completed_project() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (path, ada) = sent(&app, &nina).await;
    let state = async || nina.get(&path).await.expect(200)["state"].clone();
    assert_eq!(state().await, "sent", "opening the link reads nothing yet");
    ada.act("view", json!({})).await.assert_status(204);
    ada.act("view", json!({})).await.assert_status(204);
    assert_eq!(state().await, "viewed");

    ada.act("approve", json!({ "version": 2 })).await.problem(409, "stale_version");
    ada.act("approve", json!({ "version": 1 })).await.assert_status(204);
    assert_eq!(state().await, "approved");
    ada.act("decline", json!({ "version": 1 })).await.problem(409, "wrong_state");

    let page = ada.page().await;
    let project = page["more"]["project"]["id"].as_str().unwrap().to_owned();
    let submission = page["more"]["submission"]["id"].as_str().unwrap().to_owned();
    let review = |step: &str| format!("submissions/{submission}/{step}");
    ada.act(&review("approve"), json!({ "round": 1 })).await.problem(409, "wrong_state");

    let submit = format!("/api/submissions/{submission}/submit");
    nina.post(&submit, &json!({ "summary": "First mix" })).await.problem(409, "no_files");
    app.add_file(project.parse().unwrap()).await;
    nina.post(&submit, &json!({ "summary": "First mix" })).await.assert_status(200);
    assert_eq!(ada.page().await["more"]["submission"]["state"], "ready_for_review");
    let wordless = ada.act(&review("request-revisions"), json!({ "round": 1, "note": " " })).await;
    wordless.wrong_fields(&[("note", "required")]);
    ada.act(&review("request-revisions"), json!({ "round": 1, "note": "Louder" })).await.assert_status(204);
    nina.post(&submit, &json!({ "summary": "Louder mix" })).await.assert_status(200);
    ada.act(&review("approve"), json!({ "round": 1 })).await.problem(409, "stale_round");
    ada.act(&review("approve"), json!({ "round": 2, "note": "Thanks" })).await.assert_status(204);

    let done = nina.get(&format!("/api/projects/{project}")).await.expect(200);
    assert_eq!((&done["state"], &done["stage"]), (&json!("completed"), &json!("paid")));
    let kinds: Vec<String> = sqlx::query_scalar("select kind from events where actor_kind = 'client' order by at, id")
        .fetch_all(&mut app.sql().await)
        .await
        .unwrap();
    for kind in ["proposal_viewed", "proposal_approved", "revisions_requested", "submission_approved"] {
        assert!(kinds.iter().any(|each| each == kind), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn an_approval_is_taken_back_as_long_as_nothing_is_paid() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let contact = json!({ "name": "Ada", "email": "ada@example.com" });
    let new = json!({ "contact": contact, "title": "A song", "amountMinor": 5_000, "currency": "EUR", "invite": true });
    let project = nina.post("/api/projects", &new).await.expect(201);
    let link = mailed(&app, "ada@example.com", 1).await;
    let portal = format!("/api/proposals/{}/portal", project["proposalId"].as_str().unwrap());
    let ada = Reader::of(&app, &link, &portal).await;
    let submission = ada.page().await["more"]["submission"]["id"].as_str().unwrap().to_owned();
    let review = |step: &str| format!("submissions/{submission}/{step}");
    app.add_file(project["id"].as_str().unwrap().parse().unwrap()).await;
    nina.post(&format!("/api/submissions/{submission}/submit"), &json!({})).await.assert_status(200);
    ada.act(&review("approve"), json!({ "round": 1 })).await.assert_status(204);
    assert_eq!(ada.page().await["more"]["submission"]["state"], "approved");
    ada.act(&review("revert-approval"), json!({})).await.assert_status(204);
    assert_eq!(ada.page().await["more"]["submission"]["state"], "ready_for_review");
    sqlx::query("update payments set state = 'paid', paid_at = app_now()").execute(&mut app.sql().await).await.unwrap();
    ada.act(&review("approve"), json!({ "round": 1 })).await.assert_status(204);
    ada.act(&review("revert-approval"), json!({})).await.problem(409, "already_paid");
}

#[tokio::test]
async fn only_who_may_decide_decides_and_only_here() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (path, ada) = sent(&app, &nina).await;
    // a member who looks at it is no client
    for step in ["view", "approve", "decline"] {
        let body = if step == "view" { json!({}) } else { json!({ "version": 1 }) };
        nina.post(&format!("{path}/portal/{step}"), &body).await.problem(403, "forbidden");
        app.browser().post(&format!("{path}/portal/{step}"), &body).await.problem(401, "link_required");
    }
    // nor is a client one of another engagement, and work of another one does not exist for them
    let other = Engagement::of(&app, &nina, "bo@example.com").await;
    let foreign = other.approve(&app).await;
    let theirs: uuid::Uuid = sqlx::query_scalar("select id from submissions where project_id = $1")
        .bind(foreign)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    ada.act(&format!("submissions/{theirs}/approve"), json!({ "round": 1 })).await.problem(404, "not_found");
    let elsewhere = Reader { portal: other.portal(), ..ada };
    elsewhere.act("decline", json!({ "version": 1 })).await.problem(401, "link_required");
    sqlx::query("update contacts set access = 'billing'").execute(&mut app.sql().await).await.unwrap();
    let billing = Reader { portal: format!("{path}/portal"), ..elsewhere };
    billing.act("approve", json!({ "version": 1 })).await.problem(403, "forbidden");
    billing.act("decline", json!({ "version": 1, "note": "No" })).await.problem(403, "forbidden");
}

#[tokio::test]
async fn whoever_cannot_be_mailed_is_not_invited() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let new = |contact: Value, is_draft: bool| {
        json!({
            "contact": contact, "title": "A song", "amountMinor": 0, "currency": "EUR", "invite": true, "isDraft": is_draft
        })
    };
    let nobody = nina.post("/api/projects", &new(json!({ "name": "Ada" }), false)).await;
    nobody.wrong_fields(&[("invite", "no_email")]);
    let draft = nina.post("/api/projects", &new(json!({ "name": "Ada", "email": "a@example.com" }), true)).await;
    draft.wrong_fields(&[("invite", "draft")]);
    assert_eq!(nina.get("/api/projects").await.expect(200)["projects"], json!([]), "nothing is left of either");
}
