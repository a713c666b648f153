//! `ledgerline jobs …`, the real program, with a Redis that is not there.

use std::{
    path::Path,
    process::{Command, Output},
};

use ledgerline_jobs::{
    NewJob, Options,
    audit::SealAudit,
    engine::{
        outcome::End,
        schedule::{self, CatchUp, Definition},
    },
    imports::ImportChunk,
};
use serde_json::{Value, json};
use support::wait_for;
use uuid::Uuid;

use super::{Stage, operator};

const OPERATOR: &str = "oda@example.com";

impl Stage {
    /// Runs the program; nobody can be asked.
    async fn run(&self, arguments: &[&str]) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_test_node")).with_file_name("ledgerline");
        assert!(program.exists(), "build it first: cargo build --bin ledgerline");
        let mut command = Command::new(program);
        command
            .arg("jobs")
            .args(arguments)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .env("LOCO_ENV", "test")
            .env("LOCO_CONFIG_FOLDER", "config")
            .env("DATABASE_URL", &self.app.database.url)
            .env("REDIS_URL", "redis://127.0.0.1:1")
            .env_remove("LEDGERLINE_OPERATOR");
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// What it prints when all is well.
    async fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(&[&["--json"], arguments].concat()).await).unwrap()
    }

    /// The one line it says when it is not, with what the process answers.
    async fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments).await;
        let text = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text.trim().to_owned())
    }

    async fn dead(&mut self) -> Uuid {
        let id = self.ask(&SealAudit {}, None, &Options::default()).await;
        self.end(id, End::Dead, "connection refused").await;
        id
    }
}

#[tokio::test]
async fn jobs_are_found_and_shown_without_redis() {
    let mut stage = Stage::new().await;
    let id = stage.dead().await;
    let list = stage.said(&["list", "state:dead", "--kind", "audit.seal"]).await;
    assert!(list.starts_with("ID ") && list.contains(&id.to_string()) && list.contains("connection refused"), "{list}");
    assert_eq!(stage.said(&["list", "--state", "succeeded"]).await, "None.\n");
    let page = stage.json(&["list", "--limit", "1"]).await;
    assert_eq!(page["jobs"][0]["id"], id.to_string());
    let shown = stage.said(&["show", &id.to_string()]).await;
    assert!(shown.contains("audit.seal") && shown.contains("dead"), "{shown}");
    assert_eq!(stage.json(&["show", &id.to_string()]).await["state"], "dead");
    let queues = stage.said(&["queues"]).await;
    assert!(queues.contains("maintenance") && queues.starts_with("QUEUE"), "{queues}");

    let (code, sentence) = stage.refused(&["list", "state:alive"]).await;
    assert_eq!(code, 5, "{sentence}");
    assert!(sentence.starts_with("ledgerline: ") && sentence.contains("alive"), "{sentence}");
    assert_eq!(stage.refused(&["show", &Uuid::now_v7().to_string()]).await.0, 4);
    assert_eq!(stage.refused(&["show", "x"]).await.0, 2);
}

#[tokio::test]
async fn whoever_acts_is_named_and_may_act() {
    let stage = Stage::new().await;
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    stage.app.owner("Nina").await;
    drop(watcher);
    for (arguments, code) in [
        (&["pause", "mail"][..], 2),
        (&["pause", "mail", "--as", "nina@example.com"], 3),
        (&["pause", "mail", "--as", "wim@example.com"], 3),
        (&["pause", "attic", "--as", OPERATOR], 4),
    ] {
        let (answered, sentence) = stage.refused(arguments).await;
        assert_eq!(answered, code, "{arguments:?}: {sentence}");
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
    }
    assert_eq!(stage.get("audit").await["entries"], Value::Array(Vec::new()));
    assert!(stage.said(&["pause", "mail", "--as", "ODA@example.com"]).await.contains("is paused"));
    assert_eq!(stage.json(&["resume", "mail", "--as", OPERATOR]).await["paused"], false);
    let entries = stage.json(&["audit"]).await;
    assert_eq!(entries["entries"][1]["action"], "console.pause_queue");
    assert_eq!(entries["entries"][1]["actorName"], "Oda");
    assert!(entries["entries"][1]["origin"].as_str().unwrap().starts_with("command line"), "{entries}");
    assert_eq!(
        stage.json(&["audit", "--who", OPERATOR, "--object", "mail", "--limit", "1"]).await["entries"][0]["action"],
        "console.resume_queue"
    );
    assert_eq!(stage.refused(&["audit", "--who", "nina@example.com"]).await.0, 4);
    assert!(stage.said(&["audit", "--verify"]).await.contains("0 seals hold"));
}

#[tokio::test]
async fn nothing_is_touched_without_a_yes_and_a_canary_goes_first() {
    let mut stage = Stage::new().await;
    let ids = [stage.dead().await, stage.dead().await, stage.dead().await];
    let (code, sentence) = stage.refused(&["retry", "--filter", "state:dead", "--as", OPERATOR]).await;
    assert_eq!(code, 2, "nobody is there to say yes: {sentence}");
    assert!(sentence.contains("--yes"), "{sentence}");
    let preview = stage.said(&["retry", "--filter", "state:dead", "--preview", "--as", OPERATOR]).await;
    assert!(preview.contains("3 jobs chosen; 3 of them") && preview.contains("connection refused"), "{preview}");
    assert_eq!(stage.job(ids[0]).await["state"], "dead");

    let node = stage.app.start_worker().await;
    let done = stage
        .json(&[
            "retry",
            "--filter",
            "state:dead",
            "--canary",
            "1",
            "--go-on",
            "--yes",
            "--reason",
            "back",
            "--as",
            OPERATOR,
        ])
        .await;
    assert_eq!((&done["state"], &done["done"], &done["verdict"]), (&"done".into(), &3.into(), &"green".into()));
    for id in ids {
        wait_for("the job succeeds", || async { stage.job(id).await["state"] == "succeeded" }).await;
    }
    node.stop().await;
    let (code, sentence) = stage.refused(&["retry", &ids[0].to_string(), "--yes", "--as", OPERATOR]).await;
    assert_eq!(code, 5, "{sentence}");
    assert!(stage.said(&["bulks"]).await.contains("retry"));
    assert_eq!(stage.json(&["audit", "--action", "console.start_bulk_action"]).await["entries"][0]["reason"], "back");
}

#[tokio::test]
async fn a_red_canary_is_no_success() {
    let mut stage = Stage::new().await;
    let plan = || ledgerline_jobs::imports::PlanImport { import_id: Uuid::now_v7() };
    for _ in 0..2 {
        let id = stage.ask(&plan(), None, &Options::default()).await;
        stage.end(id, End::Dead, "no such file").await;
    }
    let node = stage.app.start_worker().await;
    let arguments = ["retry", "--filter", "kind:imports.plan", "--canary", "1", "--yes", "--as", OPERATOR];
    let (code, sentence) = stage.refused(&arguments).await;
    assert_eq!(code, 6, "{sentence}");
    assert!(sentence.contains("failed again"), "{sentence}");
    let bulk = stage.get("bulk-actions").await["bulkActions"][0]["id"].as_str().unwrap().to_owned();
    assert!(stage.said(&["abort", &bulk, "--as", OPERATOR]).await.starts_with("aborted: 1 done"));
    assert_eq!(stage.refused(&["continue", &bulk, "--as", OPERATOR]).await.0, 5);
    node.stop().await;
}

#[tokio::test]
async fn what_somebody_else_stopped_is_no_success() {
    let mut stage = Stage::new().await;
    stage.dead().await;
    let arguments = ["retry", "--filter", "state:dead", "--yes", "--as", OPERATOR];
    let stopped = async {
        let list = || stage.get("bulk-actions");
        wait_for("it was started", || async { list().await["bulkActions"][0]["state"] == "running" }).await;
        let id = list().await["bulkActions"][0]["id"].as_str().unwrap().to_owned();
        stage.act(&format!("bulk-actions/{id}/abort")).await.assert_status(200);
    };
    let ((code, sentence), ()) = tokio::join!(stage.refused(&arguments), stopped);
    assert_eq!(code, 6, "{sentence}");
    assert!(sentence.contains("stopped by Oda, with 1 left"), "{sentence}");
}

#[tokio::test]
async fn a_job_is_edited_and_its_arguments_revealed() {
    let mut stage = Stage::new().await;
    stage.app.leave_jobs();
    let import_id = Uuid::now_v7();
    let id = stage.ask(&ImportChunk { import_id, chunk: 3 }, None, &Options::default()).await;
    stage.end(id, End::Dead, "no such chunk").await;
    let job = id.to_string();
    let revealed = stage.json(&["reveal", &job, "--reason", "which chunk", "--as", OPERATOR]).await;
    assert_eq!(revealed["args"], json!({ "import_id": import_id, "chunk": 3 }));

    let file = stage.app.folder().join("args.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "{ chunk: 4 }").unwrap();
    let (code, sentence) = stage.refused(&["edit", &job, path, "--as", OPERATOR]).await;
    assert_eq!(code, 2, "{sentence}");
    std::fs::write(&file, json!({ "import_id": import_id, "chunk": "four" }).to_string()).unwrap();
    let (code, sentence) = stage.refused(&["edit", &job, path, "--as", OPERATOR]).await;
    assert!(code == 5 && sentence.contains("args.chunk"), "{code} {sentence}");
    std::fs::write(&file, json!({ "import_id": import_id, "chunk": 4 }).to_string()).unwrap();
    let copy = stage.json(&["edit", &job, path, "--as", OPERATOR]).await;
    assert_eq!((&copy["copyOf"]["id"], &copy["args"]["chunk"]), (&json!(id), &json!(4)));
    assert_eq!(stage.refused(&["edit", &job, path, "--as", OPERATOR]).await.0, 5, "it was decided on");
    let gone = Uuid::now_v7().to_string();
    assert_eq!(stage.refused(&["edit", &gone, path, "--as", OPERATOR]).await.0, 4);
    let actions = stage.json(&["audit", "--object", &job]).await;
    let actions: Vec<&str> =
        actions["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["console.edit_job", "console.reveal_job"]);
}

#[tokio::test]
async fn schedules_nodes_and_batches_are_steered() {
    let mut stage = Stage::new().await;
    stage.app.leave_jobs();
    let nightly = Definition {
        name: "nightly".to_owned(),
        cron: "0 3 * * *".to_owned(),
        timezone: "Etc/UTC".to_owned(),
        kind: "audit.seal".to_owned(),
        catch_up: CatchUp::Last,
        jitter_seconds: 0,
        job: NewJob::of(&SealAudit {}).unwrap(),
    };
    schedule::define(&mut stage.sql, &[nightly]).await.unwrap();
    assert!(stage.said(&["schedules"]).await.contains("nightly"));
    let paused = stage.json(&["pause", "--schedule", "nightly", "--reason", "too loud", "--as", OPERATOR]).await;
    assert_eq!(paused["paused"], true);
    assert!(stage.said(&["resume", "--schedule", "nightly", "--as", OPERATOR]).await.contains("runs again"));
    assert_eq!(stage.refused(&["pause", "--as", OPERATOR]).await.0, 2);
    assert_eq!(stage.refused(&["pause", "mail", "--schedule", "nightly", "--as", OPERATOR]).await.0, 2);
    let ran = stage.json(&["run", "nightly", "--as", OPERATOR]).await;
    let job = stage.json(&["show", ran["id"].as_str().unwrap()]).await;
    assert_eq!(job["kind"], "audit.seal");
    assert_eq!(stage.refused(&["run", "weekly", "--as", OPERATOR]).await.0, 4);

    let node = stage.app.start_worker().await;
    wait_for("the node is there", || async { stage.json(&["nodes"]).await["nodes"][0]["id"].is_string() }).await;
    let id = stage.json(&["nodes"]).await["nodes"][0]["id"].as_str().unwrap().to_owned();
    assert!(stage.said(&["quiet", &id, "--as", OPERATOR]).await.contains("takes no new work"));
    assert!(stage.said(&["work", &id, "--as", OPERATOR]).await.contains("takes work again"));
    assert_eq!(stage.refused(&["quiet", "nobody", "--as", OPERATOR]).await.0, 4);
    node.stop().await;

    assert_eq!(stage.said(&["batches"]).await, "None.\n");
    assert_eq!(stage.refused(&["cancel-batch", &Uuid::now_v7().to_string(), "--as", OPERATOR]).await.0, 4);
}

/// What a deed of the API is on the command line.
fn command_of(deed: &str) -> Option<&'static str> {
    Some(match deed {
        "POST /api/console/audit/verify" => "audit --verify",
        "POST /api/console/audit/acknowledge" => "acknowledge",
        "POST /api/console/batches/{id}/cancel" => "cancel-batch",
        "POST /api/console/bulk-actions" | "POST /api/console/bulk-actions/{id}/start" => "retry --filter x --canary 1",
        "POST /api/console/bulk-actions/{id}/continue" => "continue",
        "POST /api/console/bulk-actions/{id}/abort" => "abort",
        "POST /api/console/jobs/{id}/cancel" => "cancel",
        "POST /api/console/jobs/{id}/edit" => "edit",
        "POST /api/console/jobs/{id}/retry" => "retry",
        "POST /api/console/jobs/{id}/reveal" => "reveal",
        "DELETE /api/console/jobs/{id}" => "delete",
        "POST /api/console/nodes/{id}/quiet" => "quiet",
        "POST /api/console/nodes/{id}/resume" => "work",
        "POST /api/console/nodes/{id}/stop" => "stop",
        "POST /api/console/queues/{name}/pause" => "pause",
        "POST /api/console/queues/{name}/resume" => "resume",
        "POST /api/console/schedules/{name}/pause" => "pause --schedule x",
        "POST /api/console/schedules/{name}/resume" => "resume --schedule x",
        "POST /api/console/schedules/{name}/run" => "run",
        "POST /api/console/searches" => "keep",
        "DELETE /api/console/searches/{id}" => "forget",
        _ => return None,
    })
}

#[tokio::test]
async fn every_deed_of_the_console_has_a_command() {
    let stage = Stage::new().await;
    let document = stage.app.browser().get("/api/openapi.json").await.expect(200);
    let mut deeds = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().filter(|key| !["get", "parameters"].contains(&key.as_str()));
        for method in methods.filter(|_| path.starts_with("/api/console/")) {
            let deed = format!("{} {path}", method.to_uppercase());
            let command = command_of(&deed).unwrap_or_else(|| panic!("{deed} has no command"));
            let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
            let said = stage.said(&arguments).await;
            assert!(said.contains("--json") && said.contains("--as"), "{deed}: {said}");
            deeds += 1;
        }
    }
    assert!(deeds >= 20, "only {deeds}");
}

#[tokio::test]
async fn what_a_search_finds_is_counted_and_kept_and_failures_are_told_by_cause() {
    let mut stage = Stage::new().await;
    for _ in 0..2 {
        stage.dead().await;
    }
    // each is a process of its own, so a machine that is out of breath may not have counted within the time
    wait_for("jobs are counted", || async { stage.said(&["count", "state:dead"]).await == "2\n" }).await;
    let none = json!({ "jobs": { "count": 0, "capped": false } });
    wait_for("none is counted", || async { stage.json(&["count", "--kind", "imports.plan"]).await == none }).await;
    let failures = stage.said(&["failures"]).await;
    assert!(failures.starts_with("JOBS") && failures.contains("connection refused"), "{failures}");
    assert_eq!(stage.json(&["failures", "--kind", "audit.seal"]).await["failures"][0]["jobs"], 2);

    assert_eq!(stage.refused(&["searches"]).await.0, 2, "whose?");
    let kept = stage.json(&["keep", "Dead seals", "state:dead", "kind:audit.seal", "--as", OPERATOR]).await;
    assert_eq!(kept["search"], "state:dead kind:audit.seal");
    assert_eq!(stage.refused(&["keep", "Dead seals", "state:dead", "--as", OPERATOR]).await.0, 5, "the name is taken");
    assert_eq!(stage.refused(&["keep", "Odd", "state:alive", "--as", OPERATOR]).await.0, 5);
    assert!(stage.said(&["searches", "--as", OPERATOR]).await.contains("Dead seals"));
    assert!(stage.said(&["forget", "Dead seals", "--as", OPERATOR]).await.contains("is forgotten"));
    assert_eq!(stage.refused(&["forget", "Dead seals", "--as", OPERATOR]).await.0, 4);
}

#[tokio::test]
async fn one_batch_node_schedule_and_bulk_action_are_shown_and_lists_have_pages() {
    let mut stage = Stage::new().await;
    let nightly = Definition {
        name: "nightly".to_owned(),
        cron: "0 3 * * *".to_owned(),
        timezone: "Etc/UTC".to_owned(),
        kind: "audit.seal".to_owned(),
        catch_up: CatchUp::Last,
        jitter_seconds: 0,
        job: NewJob::of(&SealAudit {}).unwrap(),
    };
    schedule::define(&mut stage.sql, &[nightly]).await.unwrap();
    let ran = stage.json(&["run", "nightly", "--as", OPERATOR]).await;
    let shown = stage.json(&["schedule", "nightly"]).await;
    assert_eq!(shown["history"]["entries"][0]["jobId"], ran["id"]);
    assert!(stage.said(&["schedule", "nightly"]).await.contains("by_hand"));

    let node = stage.node().await.to_string();
    assert_eq!(stage.json(&["node", &node]).await["name"], "node-one");
    assert!(stage.said(&["node", "node-one"]).await.contains("hall"));

    for _ in 0..2 {
        let id = stage.dead().await.to_string();
        stage.said(&["retry", &id, "--preview", "--as", OPERATOR]).await;
    }
    let first = stage.json(&["bulks", "--limit", "1"]).await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = stage.json(&["bulks", "--limit", "1", "--cursor", cursor]).await;
    assert_ne!(first["bulkActions"][0]["id"], second["bulkActions"][0]["id"]);
    let bulk = first["bulkActions"][0]["id"].as_str().unwrap();
    assert_eq!(stage.json(&["bulk", bulk]).await["items"]["items"][0]["kind"], "audit.seal");
    assert!(stage.said(&["bulk", bulk]).await.contains("audit.seal"));

    let mut tx = sqlx::Connection::begin(&mut stage.sql).await.unwrap();
    let batch = ledgerline_jobs::engine::batch::open::<SealAudit>(&mut tx, "imports", None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(stage.said(&["batch", &batch.to_string()]).await.contains("imports"));
    assert_eq!(stage.json(&["batches", "--state", "open"]).await["batches"][0]["id"], batch.to_string());
    assert_eq!(stage.said(&["batches", "--state", "done"]).await, "None.\n");
    assert_eq!(stage.refused(&["batches", "--state", "lost"]).await.0, 2);
    for arguments in [
        ["batch", &Uuid::now_v7().to_string()],
        ["bulk", &Uuid::now_v7().to_string()],
        ["schedule", "x"],
        ["node", "x"],
    ] {
        assert_eq!(stage.refused(&arguments).await.0, 4, "{arguments:?}");
    }
}
