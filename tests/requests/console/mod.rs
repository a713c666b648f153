mod access;
mod activity;
mod audit;
mod batches;
mod bulk;
mod cancel;
mod command_line;
mod edit;
mod events;
mod failures;
mod history;
mod indexes;
mod job;
mod list;
mod nodes;
mod overview;
mod queues;
mod redis_down;
mod retry;
mod reveal;
mod schedules;
mod search;
mod searches;
mod story;

use std::time::Duration;

use ledgerline_jobs::{
    Enqueued, Job, NewJob, Options,
    engine::{
        Fence,
        claim::claim,
        nodes::{Node, register},
        outcome::{self, End, Failure},
        sweep,
    },
    enqueue_row,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use support::{Browser, TestApp};
use uuid::Uuid;

/// A running server, an operator in front of it, and the engine's hand on its database.
struct Stage {
    app: TestApp,
    operator: Browser,
    sql: PgConnection,
    node: Uuid,
}

impl Stage {
    async fn new() -> Self {
        Self::on(TestApp::start().await).await
    }

    async fn on(app: TestApp) -> Self {
        // the jobs of these tests are looked at, not run
        app.leave_jobs();
        let mut sql = app.sql().await;
        sweep::make_partitions(&mut sql, 1).await.unwrap();
        let operator = operator(&app, "Oda", "full").await;
        Self { app, operator, sql, node: Uuid::nil() }
    }

    /// Asks for a job, of a workspace or none.
    async fn ask<J: Job>(&mut self, job: &J, workspace: Option<Uuid>, options: &Options) -> Uuid {
        self.ask_row(&NewJob::of(job).unwrap(), workspace, options).await
    }

    async fn ask_row(&mut self, row: &NewJob, workspace: Option<Uuid>, options: &Options) -> Uuid {
        let workspace = workspace.map(|id| id.to_string()).unwrap_or_default();
        sqlx::query("select set_config('ledgerline.workspace', $1, false)")
            .bind(workspace)
            .execute(&mut self.sql)
            .await
            .unwrap();
        match enqueue_row(&mut self.sql, row, options).await.unwrap() {
            Enqueued::New(id) => id,
            Enqueued::Held(holder) => panic!("the key is held by {holder:?}"),
        }
    }

    /// Starts a node that lives for an hour.
    async fn node(&mut self) -> Uuid {
        if self.node.is_nil() {
            let id = Uuid::now_v7();
            let node = Node {
                id,
                name: "node-one".to_owned(),
                host: "hall".to_owned(),
                pid: 4711,
                version: "0.1.0".to_owned(),
                isolated: false,
                queues: std::collections::BTreeMap::new(),
            };
            register(&mut self.sql, &node, Duration::from_secs(3600)).await.unwrap();
            self.node = id;
        }
        self.node
    }

    /// The node takes a job that is due.
    async fn start(&mut self, id: Uuid) -> Fence {
        let node = self.node().await;
        let claimed = claim(&mut self.sql, node, &[id], 7, false).await.unwrap();
        assert_eq!(claimed.len(), 1, "the job is due");
        claimed[0].fence
    }

    async fn succeed(&mut self, id: Uuid) {
        let fence = self.start(id).await;
        let done = outcome::finish(&mut self.sql, &outcome::Running { fence, batch_id: None }).await.unwrap();
        assert!(done);
    }

    async fn end(&mut self, id: Uuid, end: End, error: &str) {
        let fence = self.start(id).await;
        let failure = Failure { error: error.to_owned(), backtrace: Some("at app/src/imports/plan.rs:12".to_owned()) };
        let ended = outcome::end(&mut self.sql, fence, end, "out of attempts", Some(&failure)).await.unwrap();
        assert!(ended);
    }

    async fn get(&self, path: &str) -> Value {
        self.operator.get(&format!("/api/console/{path}")).await.expect(200)
    }

    /// How many jobs a search finds. A machine that is out of breath counts nothing at first, and is asked again.
    async fn counted(&self, search: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
        for _ in 0..50 {
            let counted = self.get(&format!("jobs/count?search={query}")).await["jobs"].clone();
            if !counted.is_null() {
                return counted;
            }
        }
        panic!("not counted: {search}");
    }

    /// The first page of a search for jobs.
    async fn search(&self, text: &str) -> Value {
        self.found(text).await.expect(200)
    }

    async fn found(&self, text: &str) -> support::Answer {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        self.operator.get(&format!("/api/console/jobs?search={query}")).await
    }

    async fn job(&self, id: Uuid) -> Value {
        self.get(&format!("jobs/{id}")).await
    }

    async fn act(&self, path: &str) -> support::Answer {
        self.operator.post(&format!("/api/console/{path}"), &json!({})).await
    }

    /// What operators did: action, subject, workspace and data, in order.
    async fn audit(&mut self) -> Vec<(String, Option<Uuid>, Option<Uuid>, Value)> {
        sqlx::query_as(
            "select action, subject_id, workspace_id, data from audit_log
             where actor_kind = 'operator' and request_id is not null order by at, id",
        )
        .fetch_all(&mut self.sql)
        .await
        .unwrap()
    }
}

/// A browser in which an operator of the platform is logged in.
async fn operator(app: &TestApp, name: &str, level: &str) -> Browser {
    let browser = app.owner(name).await;
    sqlx::query("insert into operators (user_id, level, created_at) values ($1, $2, app_now())")
        .bind(browser.user_id().await)
        .bind(level)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    browser
}

fn ids(list: &Value) -> Vec<Uuid> {
    list["jobs"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().parse().unwrap()).collect()
}
