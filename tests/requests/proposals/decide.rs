use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{kinds, path, plan, send, sent};

async fn decide(browser: &Browser, proposal: &Value, verb: &str, version: i32) -> support::Answer {
    let body = json!({ "sentVersion": version, "note": "By phone, on Monday." });
    browser.post(&format!("{}/{verb}", path(proposal)), &body).await
}

#[tokio::test]
async fn approval_makes_the_project_with_all_that_the_plan_says() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let approved = decide(&browser, &proposal, "approve", 1).await.expect(200);
    assert_eq!((&approved["state"], &approved["decisionNote"]), (&json!("approved"), &json!("By phone, on Monday.")));
    let project: uuid::Uuid = approved["projectId"].as_str().unwrap().parse().unwrap();
    let mut sql = app.sql().await;
    let made: Value = sqlx::query_scalar(
        "select json_build_object(
           'project', (select json_build_array(state, amount_minor, currency, title) from projects where id = $1),
           'milestones', (select json_agg(json_build_array(name, amount_minor, payment_status, due_on) order by sort_order)
             from milestones where project_id = $1),
           'deliverables', (select json_agg(json_build_array(title, state, category, due_on) order by sort_order)
             from deliverables where project_id = $1),
           'payments', (select json_agg(json_build_array(p.description, p.amount_minor, p.currency, p.due, p.state, m.name)
               order by p.position)
             from payments p left join milestones m on m.id = p.milestone_id where p.project_id = $1),
           'submissions', (select count(*) from submissions where project_id = $1))",
    )
    .bind(project)
    .fetch_one(&mut sql)
    .await
    .unwrap();
    assert_eq!(made["project"], json!(["open", 100_000, "EUR", "A record"]));
    assert_eq!(
        made["milestones"],
        json!([["Mixes", 60_000, "pending", "2027-01-20"], ["Masters", 40_000, "pending", null]])
    );
    assert_eq!(
        made["deliverables"],
        json!([
            ["Mixes", "pending", "audio", "2027-01-20"],
            ["Release party", "pending", null, "2027-03-01"],
            ["Masters", "pending", null, null],
        ]),
        "one for each milestone, one for the phase without"
    );
    assert_eq!(
        made["payments"],
        json!([
            ["On signing", 30_000, "EUR", "approval", "pending", null],
            ["Mixes", 70_000, "EUR", "milestone", "pending", "Mixes"],
        ])
    );
    assert_eq!(made["submissions"], 1);
    assert_eq!(kinds(&browser, &proposal).await, ["created", "sent", "approved"]);
    let data: Value = sqlx::query_scalar("select data from audit_log where action = 'proposals.approve'")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    assert_eq!(data["onBehalfOf"], proposal["contactId"], "the audit log says for whom");
    decide(&browser, &proposal, "approve", 1).await.problem(409, "wrong_state");
    decide(&browser, &proposal, "decline", 1).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn declining_makes_nothing() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let declined = decide(&browser, &proposal, "decline", 1).await.expect(200);
    assert_eq!((&declined["state"], &declined["projectId"]), (&json!("declined"), &Value::Null));
    assert_eq!(kinds(&browser, &proposal).await, ["created", "sent", "declined"]);
}

#[tokio::test]
async fn a_decision_is_about_the_version_that_was_seen_and_says_how_it_was_made() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let draft = super::draft(&browser, &plan()).await;
    decide(&browser, &draft, "approve", 1).await.problem(409, "wrong_state");
    let silent = json!({ "sentVersion": 1, "note": " " });
    browser.post(&format!("{}/approve", path(&proposal)), &silent).await.wrong_fields(&[("note", "required")]);

    let change = json!({ "version": proposal["version"], "title": "B" });
    let edited = browser.patch(&path(&proposal), &change).await.expect(200);
    decide(&browser, &proposal, "approve", 2).await.problem(409, "stale_version");
    send(&app, &browser, &edited).await;
    decide(&browser, &proposal, "approve", 1).await.problem(409, "stale_version");
    decide(&browser, &proposal, "approve", 2).await.assert_status(200);
}

#[tokio::test]
async fn approving_forgets_the_version_that_was_never_sent() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let mut dearer = proposal["plan"].clone();
    dearer["totalMinor"] = json!(200_000);
    browser
        .patch(&path(&proposal), &json!({ "version": proposal["version"], "plan": dearer }))
        .await
        .assert_status(200);
    let approved = decide(&browser, &proposal, "approve", 1).await.expect(200);
    assert_eq!(
        (&approved["currentVersion"], &approved["totalMinor"], &approved["plan"]),
        (&json!(1), &json!(100_000), &proposal["plan"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_decisions_at_once_one_counts() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let asked = ["approve", "decline", "approve", "decline", "approve", "approve"];
    let asked = asked.map(|verb| decide(&browser, &proposal, verb, 1));
    let mut statuses: Vec<u16> =
        futures::future::join_all(asked).await.into_iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    let (projects, decided): (i64, i64) = sqlx::query_as(
        "select (select count(*) from projects), (select count(*) from proposals where state = 'approved')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(projects, decided);
}
