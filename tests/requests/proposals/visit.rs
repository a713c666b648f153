//! The client's own look and decision, as the portal makes them.

use ledgerline_app::{
    TenantTx,
    proposals::{decide, view_mark::view_mark},
    tenant::{Access, Actor, Visit, Who},
};
use serde_json::Value;
use support::{Browser, TestApp};
use uuid::Uuid;

use super::{kinds, path, sent};

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

async fn client(browser: &Browser, proposal: &Value, access: Access) -> Actor {
    Actor {
        workspace_id: browser.workspace_id().await,
        who: Who::Client(Visit {
            proposal_id: id(&proposal["id"]),
            project_id: None,
            client_id: id(&proposal["clientId"]),
            contact_id: id(&proposal["contactId"]),
            access,
        }),
        request_id: None,
    }
}

#[tokio::test]
async fn the_client_looks_and_approves() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let client = client(&browser, &proposal, Access::Review).await;
    for _ in 0..2 {
        let mut tx = TenantTx::begin(&app.context(), &client).await.unwrap();
        view_mark(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    let viewed = browser.get(&path(&proposal)).await.expect(200);
    assert_eq!((&viewed["state"], &viewed["version"]), (&"viewed".into(), &proposal["version"]));
    let row = decide::approve(&app.context(), &client, id(&proposal["id"]), 1).await.unwrap();
    assert!(row.project_id.is_some());
    assert_eq!(kinds(&browser, &proposal).await, ["created", "sent", "viewed", "approved"]);
    let history = browser.get(&format!("{}/history", path(&proposal))).await.expect(200);
    assert_eq!((&history["events"][0]["by"], &history["events"][0]["isClient"]), (&"Bo".into(), &true.into()));
}

#[tokio::test]
async fn the_client_declines_and_says_why() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let client = client(&browser, &proposal, Access::Full).await;
    let why = Some("Too dear.".to_owned());
    decide::decline(&app.context(), &client, id(&proposal["id"]), 1, why).await.unwrap();
    let declined = browser.get(&path(&proposal)).await.expect(200);
    assert_eq!((&declined["state"], &declined["decisionNote"]), (&"declined".into(), &"Too dear.".into()));
    assert_eq!(kinds(&browser, &proposal).await, ["created", "sent", "declined"]);
}

#[tokio::test]
async fn who_may_only_look_or_pay_decides_nothing_and_nobody_decides_on_another_engagement() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (proposal, other) = (sent(&app, &browser).await, sent(&app, &browser).await);
    for access in [Access::View, Access::Billing] {
        let client = client(&browser, &proposal, access).await;
        let refused = decide::approve(&app.context(), &client, id(&proposal["id"]), 1).await.unwrap_err();
        assert_eq!(refused.code, "forbidden");
    }
    let client = client(&browser, &proposal, Access::Full).await;
    let foreign = decide::approve(&app.context(), &client, id(&other["id"]), 1).await.unwrap_err();
    assert_eq!(foreign.code, "not_found");
    let stale = decide::approve(&app.context(), &client, id(&proposal["id"]), 2).await.unwrap_err();
    assert_eq!(stale.code, "stale_version");
}
