mod cancel;
mod events;
mod people;
mod plan;
mod rejects;
mod run;
mod start;
mod upload;

use std::{future::Future, time::Duration};

use ledgerline_app::imports;
use ledgerline_jobs::{
    Job,
    engine::{
        claim::{self, Claimed},
        outcome::{self, End, Failure, Outcome},
        run::Run,
        sweep,
    },
    imports::{FinishImport, ImportChunk, PlanImport},
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use support::{Answer, Browser, TestApp};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Uploads a file as the page does.
async fn upload(browser: &Browser, filename: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = browser.request(Method::POST, "/api/imports").query(&[("filename", filename)]);
    browser.send(request.header("content-type", "text/csv").body(body)).await
}

/// Uploads a file and starts it; answers its path.
async fn started(browser: &Browser, body: impl Into<reqwest::Body>, mapping: Value) -> String {
    let made = upload(browser, "clients.csv", body).await.expect(201);
    let path = path(&made);
    browser.post(&format!("{path}/start"), &json!({ "mapping": mapping })).await.assert_status(202);
    path
}

fn path(import: &Value) -> String {
    format!("/api/imports/{}", import["id"].as_str().expect("an id"))
}

/// What the product knows of an import, without times.
async fn numbers(browser: &Browser, path: &str) -> (String, Option<i64>, i64, i64, i64) {
    let import = browser.get(path).await.expect(200);
    let number = |name: &str| import[name].as_i64().expect("a number");
    assert_eq!(number("processedRows"), number("created") + number("skipped") + number("rejected"));
    (
        import["state"].as_str().expect("a state").to_owned(),
        import["totalRows"].as_i64(),
        number("created"),
        number("skipped"),
        number("rejected"),
    )
}

/// A worker that runs the jobs of imports one by one, as the real one does: claim, handler, recorded end.
struct Worker<'a> {
    app: &'a TestApp,
    engine: PgPool,
    notes: mpsc::Sender<ledgerline_jobs::engine::run::Note>,
    _reports: mpsc::Receiver<ledgerline_jobs::engine::run::Note>,
}

impl<'a> Worker<'a> {
    async fn start(app: &'a TestApp) -> Self {
        let engine = PgPool::connect(&app.ledgerline().settings.database.engine_url).await.expect("the engine logs in");
        let mut conn = engine.acquire().await.expect("a connection");
        sweep::make_partitions(&mut conn, 2).await.expect("partitions of finished jobs");
        let (notes, reports) = mpsc::channel(1);
        Self { app, engine: engine.clone(), notes, _reports: reports }
    }

    /// Ids of the due jobs of a kind, those a dispatcher would give first in front.
    async fn due<J: Job>(&self) -> Vec<Uuid> {
        sqlx::query_scalar("select id from jobs where kind = $1 and state = 'scheduled' order by priority, run_at, id")
            .bind(J::KIND)
            .fetch_all(&self.engine)
            .await
            .expect("the jobs")
    }

    async fn claim(&self, id: Uuid) -> Claimed {
        let mut conn = self.engine.acquire().await.expect("a connection");
        let mut claimed = claim::claim(&mut conn, Uuid::new_v4(), &[id], rand(), false).await.expect("a claim");
        claimed.pop().expect("the job waits")
    }

    fn run(&self, job: &Claimed) -> Run {
        Run::new(job, self.notes.clone())
    }

    /// Runs one claimed job; the outcome is recorded as the worker's layers do.
    async fn work(&self, job: &Claimed) -> Outcome {
        let (ledgerline, run) = (self.app.ledgerline(), self.run(job));
        let args = job.args.clone();
        let outcome = match job.kind.as_str() {
            PlanImport::KIND => imports::plan::plan(&ledgerline, &self.engine, &run, payload(args)).await,
            ImportChunk::KIND => imports::chunk::import(&ledgerline, &self.engine, &run, payload(args)).await,
            FinishImport::KIND => imports::finish::finish(&ledgerline, &self.engine, &run, payload(args)).await,
            other => panic!("no handler for {other}"),
        };
        let outcome = outcome.expect("the handler succeeds");
        let mut tx = self.engine.begin().await.expect("a transaction");
        let fence = job.fence;
        match &outcome {
            Outcome::Settled => {}
            Outcome::Done => {
                let running = outcome::Running { fence, batch_id: job.batch_id };
                assert!(outcome::finish(&mut tx, &running).await.expect("recorded"));
            }
            Outcome::Cancel(reason) => {
                assert!(outcome::end(&mut tx, fence, End::Cancelled, reason, None).await.expect("recorded"));
            }
            Outcome::Dead(reason) => {
                let failure = Failure { error: reason.clone(), backtrace: None };
                assert!(outcome::end(&mut tx, fence, End::Dead, reason, Some(&failure)).await.expect("recorded"));
            }
            Outcome::Snooze(_) => panic!("imports never snooze"),
        }
        tx.commit().await.expect("a commit");
        outcome
    }

    /// Runs the due jobs of one kind; answers how many.
    async fn run_kind<J: Job>(&self) -> usize {
        let due = self.due::<J>().await;
        for id in &due {
            self.work(&self.claim(*id).await).await;
        }
        due.len()
    }

    /// Runs everything there is until nothing is left.
    async fn run_all(&self) {
        while self.run_kind::<FinishImport>().await
            + self.run_kind::<PlanImport>().await
            + self.run_kind::<ImportChunk>().await
            > 0
        {}
        let left: i64 = sqlx::query_scalar("select count(*) from jobs where kind like 'imports.%'")
            .fetch_one(&self.engine)
            .await
            .expect("a count");
        assert_eq!(left, 0, "jobs are left over");
    }
}

fn payload<J: Job>(args: Value) -> J {
    serde_json::from_value(args).expect("its payload")
}

fn rand() -> i64 {
    i64::from_le_bytes(Uuid::new_v4().as_bytes()[..8].try_into().expect("eight bytes"))
}

/// Waits until something is so.
async fn eventually<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within five seconds: {what}");
}

/// Files below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] })
        .collect()
}
