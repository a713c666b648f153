//! What producer and client write to each other, both with the rights they have.

mod attachments;
mod reads;
mod rows;
mod talk;

use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};
use uuid::Uuid;

use crate::{
    portal::decide::Reader,
    portal_links::{Engagement, mailed},
};

pub(crate) use ledgerline_app::projects::talk::Side;

/// A project on which Nina works for Ada, who has opened her link.
pub(crate) struct Room {
    pub(crate) nina: Browser,
    pub(crate) ada: Reader,
    pub(crate) engagement: Engagement,
    pub(crate) project: Uuid,
}

impl Room {
    pub(crate) async fn of(app: &TestApp) -> Self {
        let nina = app.owner("Nina").await;
        Self::with(app, nina, "ada@example.com").await
    }

    /// Another project of the same workspace.
    pub(crate) async fn with(app: &TestApp, nina: Browser, email: &str) -> Self {
        let engagement = Engagement::of(app, &nina, email).await;
        let project = engagement.approve(app).await;
        nina.post(&engagement.links(), &json!({})).await.assert_status(201);
        let ada = Reader::of(app, &mailed(app, email, 1).await, &engagement.portal()).await;
        Self { nina, ada, engagement, project }
    }

    /// Address of the project, or of something of it.
    pub(crate) fn at(&self, what: &str) -> String {
        format!("/api/projects/{}/{what}", self.project)
    }

    /// Nina writes.
    pub(crate) async fn nina_says(&self, body: &str) -> Value {
        self.nina.post(&self.at("messages"), &said(body)).await.expect(201)
    }

    /// Ada writes.
    pub(crate) async fn ada_says(&self, body: &str) -> Value {
        self.ada.act("messages", said(body)).await.expect(201)
    }

    pub(crate) async fn nina_reads(&self, query: &str) -> Value {
        self.nina.get(&self.at(&format!("messages{query}"))).await.expect(200)
    }

    pub(crate) async fn ada_reads(&self, query: &str) -> Value {
        self.ada.get(&format!("messages{query}")).await.expect(200)
    }
}

/// A new message.
pub(crate) fn said(body: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "body": body })
}

/// Texts of a page of messages.
pub(crate) fn bodies(list: &Value) -> Vec<&str> {
    list["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect()
}

/// A file of a project with one version, which has been scanned: both ids.
pub(crate) async fn uploaded(app: &TestApp, project: Uuid, side: Side, is_shared: bool) -> (Uuid, Uuid) {
    let (file, version) = (Uuid::now_v7(), Uuid::now_v7());
    let statement = format!(
        "insert into files (id, workspace_id, project_id, kind, name, side, last_version, created_at, updated_at)
           select '{file}', workspace_id, id, 'work_in_progress', 'Mix.wav', '{side}', 1, app_now(), app_now()
           from projects where id = '{project}';
         insert into file_versions (id, workspace_id, project_id, file_id, number, filename, size_bytes, state, scan, sha256,
           storage_path, media, duration_ms, shared_at, uploaded_by, uploader, available_at, created_at)
           select '{version}', workspace_id, id, '{file}', 1, 'Mix.wav', 1000, 'available', 'clean', sha256('x'),
             'files/{version}', 'audio', 180000, case when {is_shared} then app_now() end, gen_random_uuid(), '{uploader}',
             app_now(), app_now()
           from projects where id = '{project}'",
        side = if side == Side::Client { "client" } else { "producer" },
        uploader = side.kind(),
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut app.sql().await).await.unwrap();
    (file, version)
}

/// Changes something that has no route, or not yet.
pub(crate) async fn write(app: &TestApp, statement: &'static str) {
    sqlx::query(statement).execute(&mut app.sql().await).await.unwrap();
}

/// 409 `wrong_state`, which names the state.
#[track_caller]
pub(crate) fn refused_while(answer: &Answer, state: &str) {
    let problem = answer.problem(409, "wrong_state");
    assert!(problem["detail"].as_str().unwrap().contains(&format!("`{state}`")), "{problem}");
}
