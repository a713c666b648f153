use serde_json::json;
use sqlx::{Connection, PgConnection};
use support::TestApp;

use crate::portal_links::{Engagement, opened};

#[tokio::test]
async fn a_proposal_shows_what_was_sent_and_nothing_newer() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    let browser = opened(&app, &path).await;
    let answer = browser.get(&engagement.portal()).await.expect(200);
    assert_eq!(answer["success"], true);
    let data = &answer["portalData"];
    assert_eq!(
        data["client"],
        json!({ "name": "Kite Records", "company": data["client"]["company"], "contactEmail": "ada@example.com",
            "contactId": engagement.contact_id })
    );
    assert!(data["client"]["company"].as_str().unwrap().starts_with("Kite Holding"));
    assert_eq!((&data["contract"], &data["deliverables"]), (&json!(null), &json!([])));
    assert_eq!(data["proposal"]["id"], json!(engagement.proposal_id));
    assert_eq!(data["proposal"]["purpose"], "Twelve songs");
    assert_eq!(data["proposal"]["status"], "sent");
    let titles = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&data["proposal"]["phases"]), ["Recording", "Mixing"]);
    assert_eq!(titles(&data["proposal"]["milestones"]), ["Takes", "Mixes"]);
    assert_eq!(data["proposal"]["milestones"][0]["dueDate"], "2031-02-01");
    let amounts: Vec<i64> =
        data["payments"].as_array().unwrap().iter().map(|one| one["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [100_000, 200_000]);
    assert_eq!(
        data["status"],
        json!({ "overall": "pending", "completedDeliverables": 0, "totalDeliverables": 0, "nextMilestone": null,
            "nextPayment": null })
    );
}

#[tokio::test]
async fn work_shows_what_is_done_and_what_comes_next() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let project_id = engagement.approve(&app).await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    let browser = opened(&app, &path).await;
    let data = browser.get(&engagement.portal()).await.expect(200)["portalData"].clone();
    assert_eq!(
        data["status"],
        json!({ "overall": "in-progress", "completedDeliverables": 1, "totalDeliverables": 2, "nextMilestone": "Takes",
            "nextPayment": { "amount": 200_000, "currency": "EUR", "dueDate": "2031-06-01" } })
    );
    assert_eq!(data["deliverables"][0]["status"], "completed");
    assert!(data["deliverables"][0]["completedAt"].is_string());
    assert_eq!(
        data["payments"][0],
        json!({ "id": data["payments"][0]["id"], "amount": 100_000, "currency": "EUR", "dueDate": null, "due": "approval",
            "status": "manual", "description": "Deposit" })
    );
    let page = browser.get(&format!("{}/page", engagement.portal())).await.expect(200);
    assert_eq!(page["portalData"], data);
    assert_eq!((page["access"].as_str(), page["preview"].as_bool()), (Some("full"), Some(false)));
    assert_eq!(page["more"]["project"]["id"], json!(project_id));
    assert_eq!(page["more"]["workspaceName"], "Nina's");
    assert_eq!(page["more"]["milestones"][1]["amount"], 200_000);
    assert_eq!(page["more"]["submission"]["state"], "in_progress");

    // a day that has passed is red
    sqlx::query("update deliverables set due_on = '2020-01-01' where state = 'pending'")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let status = browser.get(&engagement.portal()).await.expect(200)["portalData"]["status"].clone();
    assert_eq!(status["overall"], "blocked");
}

#[tokio::test]
async fn a_client_sees_one_engagement_through_row_level_security() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let mine = Engagement::of(&app, &owner, "ada@example.com").await;
    let project_id = mine.approve(&app).await;
    let other = Engagement::of(&app, &owner, "bo@example.com").await;
    other.approve(&app).await;
    let mut conn = PgConnection::connect(&app.ledgerline().settings.database.app_url).await.unwrap();
    for (name, value) in [
        ("workspace", owner.workspace_id().await),
        ("portal", mine.proposal_id),
        ("portal_project", project_id),
        ("portal_client", mine.client_id),
    ] {
        sqlx::query("select set_config('ledgerline.' || $1, $2, false)")
            .bind(name)
            .bind(value.to_string())
            .execute(&mut conn)
            .await
            .unwrap();
    }
    for (table, rows) in [
        ("proposals", 1_i64),
        ("projects", 1),
        ("milestones", 2),
        ("deliverables", 2),
        ("payments", 2),
        ("contacts", 1),
        ("clients", 1),
        ("companies", 1),
        ("portal_links", 0),
        ("members", 0),
        ("audit_log", 0),
        ("imports", 0),
    ] {
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(seen, rows, "{table}");
    }
}
