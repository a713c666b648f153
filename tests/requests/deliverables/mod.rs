//! What clients get, through the owner's API.

use serde_json::{Value, json};
use support::{Browser, TestApp};

use crate::projects::{kinds, of, project};

async fn made(browser: &Browser, fields: Value) -> Value {
    let answer = browser.post("/api/deliverables", &fields).await.expect(201);
    assert_eq!(answer["success"], true);
    answer["deliverable"].clone()
}

fn at(deliverable: &Value) -> String {
    format!("/api/deliverables/{}", deliverable["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn are_made_read_and_changed_in_the_owners_words() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let project = project(&app, &browser, 100).await;
    let contact = project["contact"]["id"].clone();
    let plan_item = uuid::Uuid::now_v7().to_string();
    let body = json!({
        "contactId": contact, "title": "Master", "description": "24 bit", "category": "audio", "status": "in-progress",
        "dueDate": "2027-03-01", "notes": "By link", "projectId": project["id"], "milestoneId": plan_item,
    });
    let master = made(&browser, body.clone()).await;
    for key in body.as_object().unwrap().keys() {
        assert_eq!(master[key], body[key], "{key}");
    }
    assert_eq!(master["proposalId"], project["proposalId"]);
    let loose = made(&browser, json!({ "contactId": contact, "title": "Poster" })).await;
    assert_eq!((&loose["status"], &loose["projectId"]), (&json!("pending"), &Value::Null));

    let list = browser.get(&format!("/api/deliverables?contactId={}", contact.as_str().unwrap())).await.expect(200);
    assert_eq!((&list["success"], &list["deliverables"]), (&json!(true), &json!([master, loose])));
    let of_project = format!("/api/deliverables?projectId={}", project["id"].as_str().unwrap());
    assert_eq!(browser.get(&of_project).await.expect(200)["deliverables"], json!([master]));
    let page = browser.get("/api/deliverables?limit=1").await.expect(200);
    let rest = format!("/api/deliverables?cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(browser.get(&rest).await.expect(200)["deliverables"], json!([loose]));

    let change =
        json!({ "notes": null, "title": "Masters", "status": "completed", "completedAt": "2027-02-20T10:00:00Z" });
    let changed = browser.put(&at(&master), &change).await.expect(200);
    assert_eq!(changed["success"], true);
    let changed = &changed["deliverable"];
    assert_eq!(
        (&changed["title"], &changed["notes"], &changed["dueDate"]),
        (&json!("Masters"), &Value::Null, &json!("2027-03-01"))
    );
    assert_eq!((&changed["status"], &changed["completedAt"]), (&json!("completed"), &json!("2027-02-20T10:00:00Z")));
    assert_eq!(
        kinds(&browser, &project).await,
        ["project_created", "deliverable_added", "deliverable_updated", "deliverable_moved"]
    );
}

#[tokio::test]
async fn go_from_state_to_state_as_they_may() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let project = project(&app, &browser, 100).await;
    let one = made(&browser, json!({ "contactId": project["contact"]["id"], "title": "Master" })).await;
    let to = async |status: &str| browser.put(&at(&one), &json!({ "status": status })).await;
    for status in ["blocked", "pending", "in-progress", "blocked", "completed"] {
        let now = to(status).await.expect(200);
        assert_eq!(now["deliverable"]["status"], status);
        assert_eq!(now["deliverable"]["completedAt"].is_string(), status == "completed");
    }
    let again = to("completed").await.expect(200);
    for status in ["pending", "blocked"] {
        let refused = to(status).await;
        let detail = refused.problem(409, "wrong_state")["detail"].as_str().unwrap().to_owned();
        assert!(detail.ends_with("Possible now: in-progress."), "{detail}");
    }
    let back = to("in-progress").await.expect(200);
    assert_eq!(back["deliverable"]["completedAt"], Value::Null);
    let stale = json!({ "version": again["deliverable"]["version"], "title": "Late" });
    browser.put(&at(&one), &stale).await.problem(409, "stale_version");
    let audited: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where action = 'deliverables.move' and data->>'from' = 'completed'",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(audited, 1, "taking back what was delivered is audited");
}

#[tokio::test]
async fn name_every_wrong_field_and_belong_to_what_is_there() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let (mine, theirs) = (project(&app, &nina, 100).await, project(&app, &otto, 100).await);
    let contact = mine["contact"]["id"].clone();
    let wrong = json!({
        "contactId": contact, "title": " ", "category": "x".repeat(101), "description": "x".repeat(4_001),
        "notes": "x".repeat(10_001), "dueDate": "0001-01-01", "completedAt": "2027-01-01T00:00:00Z",
    });
    nina.post("/api/deliverables", &wrong).await.wrong_fields(&[
        ("title", "required"),
        ("category", "too_long"),
        ("description", "too_long"),
        ("notes", "too_long"),
        ("dueDate", "out_of_range"),
        ("completedAt", "not_completed"),
    ]);
    nina.post("/api/deliverables", &json!({ "contactId": contact, "title": "x", "status": "done" }))
        .await
        .problem(422, "invalid_body");
    for foreign in [
        json!({ "contactId": theirs["contact"]["id"], "title": "x" }),
        json!({ "contactId": contact, "title": "x", "projectId": theirs["id"] }),
        json!({ "contactId": contact, "title": "x", "proposalId": theirs["proposalId"] }),
    ] {
        nina.post("/api/deliverables", &foreign).await.problem(404, "not_found");
    }
    let hidden = format!("/api/deliverables?contactId={}", theirs["contact"]["id"].as_str().unwrap());
    assert_eq!(nina.get(&hidden).await.expect(200)["deliverables"], json!([]));
    let other = project(&app, &nina, 1).await;
    let both =
        json!({ "contactId": contact, "title": "x", "projectId": mine["id"], "proposalId": other["proposalId"] });
    nina.post("/api/deliverables", &both).await.problem(409, "other_proposal");
    let of_proposal = json!({ "contactId": contact, "title": "x", "proposalId": mine["proposalId"] });
    assert_eq!(made(&nina, of_proposal).await["projectId"], mine["id"]);
    nina.post(&of(&mine, "/cancel"), &json!({})).await.assert_status(200);
    let late = json!({ "contactId": contact, "title": "x", "projectId": mine["id"] });
    nina.post("/api/deliverables", &late).await.problem(409, "wrong_state");
}
