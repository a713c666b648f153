//! The project of an approved proposal.

use ledgerline_app::{
    projects::create::from_proposal,
    tenant::{Access, Actor, TenantTx, Visit, Who},
};
use serde_json::{Value, json};
use support::{Browser, TestApp};
use uuid::Uuid;

use super::{id, project};

/// A proposal with two phases, of which the second has no milestone, as an approval finds it.
async fn proposal(app: &TestApp, browser: &Browser) -> (Uuid, Value) {
    let other = project(app, browser, 1).await;
    let proposal = Uuid::now_v7();
    let sql = r"
        insert into proposals (id, workspace_id, client_id, contact_id, title, state, currency, current_version, sent_version,
            created_by, created_at, updated_at)
          select $1, workspace_id, client_id, contact_id, 'House', 'approved', 'EUR', 1, 1, created_by, now(), now() from projects";
    let mut conn = app.sql().await;
    sqlx::query(sql).bind(proposal).execute(&mut conn).await.unwrap();
    for sql in [
        "insert into proposal_versions (workspace_id, proposal_id, version, total_minor, created_at)
           select workspace_id, id, 1, 1000, now() from proposals where id = $1",
        "insert into proposal_phases (workspace_id, proposal_id, version, id, position, title, ends_on)
           select workspace_id, id, 1, gen_random_uuid(), p, 'Phase ' || p, date '2027-05-01' + p from proposals, generate_series(0, 1) p
             where proposals.id = $1",
        "insert into proposal_milestones (workspace_id, proposal_id, version, id, phase_id, position, title, category,
             amount_minor, due_on)
           select workspace_id, proposal_id, 1, gen_random_uuid(), id, n, 'Step ' || n, 'build', n * 400, date '2027-04-01' + n
             from proposal_phases, generate_series(0, 1) n where proposal_id = $1 and position = 0",
        "insert into proposal_instalments (workspace_id, proposal_id, version, id, position, description, amount_minor, due, milestone_id)
           select workspace_id, proposal_id, 1, gen_random_uuid(), 0, 'With step 1', 600, 'milestone', id
             from proposal_milestones where proposal_id = $1 and position = 1",
        "insert into proposal_instalments (workspace_id, proposal_id, version, id, position, description, amount_minor, due)
           select workspace_id, id, 1, gen_random_uuid(), 1, 'At the end', 400, 'completion' from proposals where id = $1",
    ] {
        sqlx::query(sql).bind(proposal).execute(&mut conn).await.unwrap();
    }
    (proposal, other)
}

#[tokio::test]
async fn milestones_deliverables_and_payments_follow_the_plan_when_the_client_approves() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (proposal_id, other) = proposal(&app, &browser).await;
    let visit = Visit {
        proposal_id,
        project_id: None,
        client_id: id(&other["client"]["id"]),
        contact_id: id(&other["contact"]["id"]),
        access: Access::Full,
    };
    let actor = Actor { workspace_id: browser.workspace_id().await, who: Who::Client(visit), request_id: None };
    let mut tx = TenantTx::begin(&app.ctx, &actor).await.unwrap();
    let made = from_proposal(&mut tx, proposal_id, 1).await.unwrap();
    tx.commit().await.unwrap();

    let made = browser.get(&format!("/api/projects/{made}")).await.expect(200);
    assert_eq!((&made["title"], &made["amountMinor"], &made["state"]), (&json!("House"), &json!(1000), &json!("open")));
    assert_eq!(made["isAmountAgreed"], true);
    assert_eq!(made["totals"]["milestonesMinor"], 400);
    let milestones = browser.get(&super::of(&made, "/milestones")).await.expect(200)["milestones"].clone();
    let of_them =
        |key: &str| -> Vec<Value> { milestones.as_array().unwrap().iter().map(|one| one[key].clone()).collect() };
    assert_eq!(of_them("name"), ["Step 0", "Step 1"]);
    assert_eq!(of_them("amountMinor"), [0, 400]);
    assert_eq!(of_them("paymentStatus"), ["not_required", "pending"]);
    assert_eq!(of_them("isInSchedule"), [false, true]);

    let contact = made["contact"]["id"].as_str().unwrap();
    let list = browser.get(&format!("/api/deliverables?contactId={contact}")).await.expect(200);
    assert_eq!(list["success"], true);
    let of_them = |key: &str| -> Vec<Value> {
        list["deliverables"].as_array().unwrap().iter().map(|one| one[key].clone()).collect()
    };
    assert_eq!(of_them("title"), ["Step 0", "Step 1", "Phase 1"]);
    assert_eq!(of_them("dueDate"), ["2027-04-01", "2027-04-02", "2027-05-02"]);
    assert_eq!(of_them("status"), ["pending"; 3]);
    assert_eq!(of_them("category"), [json!("build"), json!("build"), Value::Null]);
    assert_eq!(of_them("milestoneId")[1], milestones[1]["planMilestoneId"]);

    let payments: Vec<(String, i64, bool)> = sqlx::query_as(
        "select description, amount_minor, milestone_id is not null from payments where proposal_id = $1 order by position",
    )
    .bind(proposal_id)
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(payments, [("With step 1".to_owned(), 600, true), ("At the end".to_owned(), 400, false)]);

    // what was agreed on stands
    let first = |step: &str| format!("/api/milestones/{}{step}", milestones[0]["id"].as_str().unwrap());
    let second = |step: &str| format!("/api/milestones/{}{step}", milestones[1]["id"].as_str().unwrap());
    browser.delete(&first("")).await.problem(409, "milestone_in_plan");
    browser.post(&second("/cancel"), &json!({})).await.problem(409, "milestone_in_schedule");
    let less = json!({ "version": 1, "amountMinor": 300 });
    browser.patch(&second(""), &less).await.problem(409, "milestone_in_schedule");
    let change = json!({ "version": made["version"], "amountMinor": 2000 });
    browser.patch(&super::of(&made, ""), &change).await.problem(409, "amount_agreed");

    // work makes the proposal active
    browser.post(&first("/submit"), &json!({})).await.assert_status(200);
    let state: String = sqlx::query_scalar("select state from proposals where id = $1")
        .bind(proposal_id)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(state, "active");
}
