//! Work is handed in, looked at, sent back, accepted.

use ledgerline_app::{submissions as rules, tenant::Access};
use serde_json::{Value, json};
use support::{Browser, TestApp};

use crate::projects::{client_of, id, kinds, of, project, read, submission};

async fn rounds(browser: &Browser, project: &Value) -> Value {
    browser.get(&submission(project, "/rounds")).await.expect(200)["rounds"].clone()
}

/// State of the submission, of the project, and the stage.
async fn states(browser: &Browser, project: &Value) -> [String; 3] {
    let now = read(browser, project).await;
    [&now["submission"]["state"], &now["state"], &now["stage"]].map(|value| value.as_str().unwrap_or("").to_owned())
}

#[tokio::test]
async fn goes_back_and_forth_in_rounds_until_it_is_completed() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    let step = async |name: &str, body: Value| browser.post(&submission(&made, name), &body).await;

    step("/submit", json!({ "summary": "First mix" })).await.assert_status(200);
    assert_eq!(states(&browser, &made).await, ["ready_for_review", "in_progress", "submitted"]);
    step("/recall", Value::Null).await.assert_status(200);
    assert_eq!(states(&browser, &made).await, ["in_progress", "in_progress", "in_progress"]);
    step("/submit", json!({})).await.assert_status(200);
    step("/request-revisions", json!({ "round": 2, "note": "Louder" })).await.assert_status(200);
    assert_eq!(states(&browser, &made).await, ["client_revisions_requested", "in_progress", "client_feedback"]);
    let third = step("/submit", json!({ "summary": "Louder" })).await.expect(200);
    assert_eq!(third["round"], 3);
    step("/approve", json!({ "round": 3, "note": "Great" })).await.assert_status(200);
    assert_eq!(states(&browser, &made).await, ["approved", "in_progress", "payment_pending"]);
    step("/revert-approval", Value::Null).await.assert_status(200);
    assert_eq!(states(&browser, &made).await, ["ready_for_review", "in_progress", "submitted"]);
    assert_eq!(rounds(&browser, &made).await[0]["outcome"], Value::Null);
    step("/approve", json!({ "round": 3 })).await.assert_status(200);
    let done = step("/complete", Value::Null).await.expect(200);
    assert!(done["completedAt"].is_string() && done["approvedAt"].is_string());
    assert_eq!(states(&browser, &made).await, ["completed", "completed", "payment_pending"]);

    let rounds = rounds(&browser, &made).await;
    let told: Vec<[&Value; 4]> = rounds
        .as_array()
        .unwrap()
        .iter()
        .map(|round| [&round["round"], &round["summary"], &round["outcome"], &round["note"]])
        .collect();
    assert_eq!(
        told,
        [
            [&json!(3), &json!("Louder"), &json!("approved"), &Value::Null],
            [&json!(2), &json!(""), &json!("revisions_requested"), &json!("Louder")],
            [&json!(1), &json!("First mix"), &json!("recalled"), &Value::Null],
        ]
    );
    assert_eq!(rounds[0]["submittedBy"], "Nina");
    let page = browser.get(&submission(&made, "/rounds?limit=2")).await.expect(200);
    let rest = format!("/rounds?cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(browser.get(&submission(&made, &rest)).await.expect(200)["rounds"][0], rounds[2]);
}

#[tokio::test]
async fn what_is_not_possible_is_refused_and_says_what_is() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    let step = async |name: &str, body: Value| browser.post(&submission(&made, name), &body).await;
    for (name, body) in [
        ("/recall", Value::Null),
        ("/approve", json!({ "round": 0 })),
        ("/request-revisions", json!({ "round": 0, "note": "x" })),
        ("/revert-approval", Value::Null),
        ("/complete", Value::Null),
    ] {
        step(name, body).await.problem(409, "wrong_state");
    }
    assert_eq!(kinds(&browser, &made).await, ["project_created"], "what was refused has left nothing");
    step("/submit", json!({ "summary": "x".repeat(4_001) })).await.wrong_fields(&[("summary", "too_long")]);
    step("/submit", json!({})).await.assert_status(200);
    step("/submit", json!({})).await.problem(409, "wrong_state");
    step("/request-revisions", json!({ "round": 1, "note": " " })).await.wrong_fields(&[("note", "required")]);
    step("/approve", json!({ "round": 2 })).await.problem(409, "stale_round");
    step("/recall", Value::Null).await.assert_status(200);
    step("/submit", json!({})).await.assert_status(200);
    // who looked at the first round does not decide on the second
    step("/approve", json!({ "round": 1 })).await.problem(409, "stale_round");
    assert_eq!(read(&browser, &made).await["submission"]["state"], "ready_for_review");
}

#[tokio::test]
async fn what_costs_nothing_is_completed_when_it_is_approved() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 0).await;
    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    let client = client_of(&browser, &made, Access::Full).await;
    let approval = rules::input::Approval { round: 1, note: None };
    rules::decide::approve(&app.ctx, &client, id(&made["submission"]["id"]), approval).await.unwrap();
    assert_eq!(states(&browser, &made).await, ["completed", "completed", "paid"]);
    assert_eq!(
        kinds(&browser, &made).await,
        [
            "project_created",
            "project_started",
            "submission_submitted",
            "submission_approved",
            "submission_completed",
            "project_completed",
            "proposal_completed"
        ]
    );
    browser.post(&submission(&made, "/revert-approval"), &Value::Null).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn an_approval_stands_once_something_is_paid() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&made, "/approve"), &json!({ "round": 1 })).await.assert_status(200);
    for state in ["processing", "paid", "manual"] {
        sqlx::query("update payments set state = $1").bind(state).execute(&mut app.sql().await).await.unwrap();
        browser.post(&submission(&made, "/revert-approval"), &Value::Null).await.problem(409, "already_paid");
    }
    assert_eq!(read(&browser, &made).await["stage"], "approved", "and nothing is open any more");
}

#[tokio::test]
async fn a_client_decides_and_does_not_work() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (made, other) = (project(&app, &browser, 100).await, project(&app, &browser, 100).await);
    let submission_id = id(&made["submission"]["id"]);
    let client = client_of(&browser, &made, Access::Review).await;
    let forbidden = rules::hand_in::submit(&app.ctx, &client, submission_id, rules::input::HandIn::default()).await;
    assert_eq!(forbidden.unwrap_err().code, "forbidden");
    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&other, "/submit"), &json!({})).await.assert_status(200);
    assert_eq!(rules::hand_in::recall(&app.ctx, &client, submission_id).await.unwrap_err().code, "forbidden");
    assert_eq!(rules::complete::complete(&app.ctx, &client, submission_id).await.unwrap_err().code, "forbidden");
    let approval = rules::input::Approval { round: 1, note: None };
    for access in [Access::Billing, Access::View] {
        let looker = client_of(&browser, &made, access).await;
        let refused = rules::decide::approve(&app.ctx, &looker, submission_id, approval.clone()).await.unwrap_err();
        assert_eq!(refused.code, "forbidden", "{access:?}");
    }
    // another project of the same client is another engagement
    let foreign = rules::decide::approve(&app.ctx, &client, id(&other["submission"]["id"]), approval.clone()).await;
    assert_eq!(foreign.unwrap_err().code, "not_found");
    let approved = rules::decide::approve(&app.ctx, &client, submission_id, approval).await.unwrap();
    assert_eq!(approved.state.as_str(), "approved");
    let back = rules::decide::revert_approval(&app.ctx, &client, submission_id).await.unwrap();
    assert_eq!(back.state.as_str(), "ready_for_review");
    let events = browser.get(&of(&made, "/timeline")).await.expect(200);
    assert_eq!((&events["events"][0]["by"], &events["events"][0]["actor"]), (&json!("Ada"), &json!("client")));
}

#[tokio::test]
async fn two_who_decide_at_once_decide_once() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    let (approve, revise) = (submission(&made, "/approve"), submission(&made, "/request-revisions"));
    let (approval, request) = (json!({ "round": 1 }), json!({ "round": 1, "note": "x" }));
    let (one, other) = tokio::join!(browser.post(&approve, &approval), browser.post(&revise, &request));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let decided: i64 =
        sqlx::query_scalar("select count(*) from events where kind in ('submission_approved', 'revisions_requested')")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(decided, 1);
}
