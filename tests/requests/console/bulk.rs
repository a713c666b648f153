use std::collections::BTreeMap;

use ledgerline_jobs::{
    Job as _, Options,
    audit::SealAudit,
    console::ActInBulk,
    engine::{control, effects, outcome::End},
    imports::{FinishImport, PlanImport},
};
use serde_json::{Value, json};
use sqlx::Connection as _;
use support::{Answer, Browser, Worker, wait_for};
use uuid::Uuid;

use super::{Stage, operator};

impl Stage {
    /// Dead jobs that succeed when they are retried.
    async fn dead_ones(&mut self, count: usize) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for _ in 0..count {
            let id = self.ask(&SealAudit {}, None, &Options::default()).await;
            self.end(id, End::Dead, "connection 17 refused").await;
            ids.push(id);
        }
        ids
    }

    /// Dead jobs that fail again when they are retried: there is no such import.
    async fn hopeless_ones(&mut self, count: usize) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for _ in 0..count {
            let id = self.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
            self.end(id, End::Dead, "no such file").await;
            ids.push(id);
        }
        ids
    }

    async fn preview(&self, verb: &str, search: &str) -> Value {
        previewed(&self.operator, &json!({ "verb": verb, "search": search })).await.expect(201)
    }

    async fn bulk(&self, bulk: &Value) -> Value {
        self.get(&format!("bulk-actions/{}", bulk["id"].as_str().unwrap())).await
    }

    async fn deed(&self, bulk: &Value, verb: &str, body: Value) -> Answer {
        self.operator.post(&format!("/api/console/bulk-actions/{}/{verb}", bulk["id"].as_str().unwrap()), &body).await
    }

    async fn results(&self, bulk: &Value) -> BTreeMap<Uuid, String> {
        let items = self.get(&format!("bulk-actions/{}/items?limit=200", bulk["id"].as_str().unwrap())).await;
        let pair = |item: &Value| {
            (item["jobId"].as_str().unwrap().parse().unwrap(), item["state"].as_str().unwrap().to_owned())
        };
        items["items"].as_array().unwrap().iter().map(pair).collect()
    }

    /// Lets a worker node run until the bulk action stands there.
    async fn until(&self, bulk: &Value, state: &str) -> Value {
        let node = self.app.start_worker().await;
        wait_for(state, || async { self.bulk(bulk).await["state"] == state }).await;
        node.stop().await;
        self.bulk(bulk).await
    }

    async fn deeds(&self) -> Vec<String> {
        let list = self.get("audit").await;
        let mut actions: Vec<String> = list["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["action"].as_str().unwrap().to_owned())
            .collect();
        actions.reverse();
        actions
    }
}

async fn previewed(browser: &Browser, body: &Value) -> Answer {
    browser.post("/api/console/bulk-actions", body).await
}

fn group<'a>(bulk: &'a Value, sort: &str, name: &str) -> &'a Value {
    let groups = bulk["summary"][sort].as_array().unwrap();
    groups.iter().find(|group| group["name"] == name).unwrap_or_else(|| panic!("{sort} {name}: {bulk}"))
}

#[tokio::test]
async fn a_preview_freezes_the_jobs_and_says_what_they_are() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    stage.dead_ones(3).await;
    let plan = PlanImport { import_id: Uuid::now_v7() };
    let held = stage.ask(&plan, Some(workspace), &Options::default()).await;
    stage.end(held, End::Dead, "nina@example.com is busy").await;
    stage.ask(&plan, Some(workspace), &Options::default()).await;

    let bulk = stage.preview("retry", "state:dead").await;
    assert_eq!((&bulk["state"], &bulk["total"], &bulk["able"]), (&json!("preview"), &json!(4), &json!(3)));
    assert_eq!((&bulk["search"], &bulk["createdBy"]), (&json!("state:dead"), &json!("Oda")));
    assert_eq!(group(&bulk, "kinds", "audit.seal")["count"], 3);
    assert_eq!(group(&bulk, "workspaces", "Nina's")["count"], 1);
    assert_eq!(group(&bulk, "states", "dead")["count"], 4);
    let errors = bulk["summary"]["errors"].as_array().unwrap();
    assert_eq!((&errors[0]["count"], &errors[0]["example"]), (&json!(3), &json!("connection 17 refused")));
    assert_eq!(errors[1]["example"], "•••• is busy", "addresses are masked");
    assert_eq!(bulk["summary"]["unable"], json!([{ "obstacle": "key_held", "count": 1 }]));

    stage.dead_ones(2).await;
    assert_eq!(stage.bulk(&bulk).await["total"], 4, "what dies later is not part of it");
    let unable = stage.get(&format!("bulk-actions/{}/items?state=unable", bulk["id"].as_str().unwrap())).await;
    assert_eq!((&unable["items"][0]["jobId"], &unable["items"][0]["obstacle"]), (&json!(held), &json!("key_held")));
    assert_eq!(stage.get("bulk-actions").await["bulkActions"][0]["id"], bulk["id"]);
    assert!(stage.deeds().await.is_empty(), "looking is no deed");
}

#[tokio::test]
async fn a_green_canary_lets_the_rest_go_and_all_of_it_is_audited() {
    let mut stage = Stage::new().await;
    let ids = stage.dead_ones(7).await;
    let bulk = stage.preview("retry", "state:dead kind:audit.seal").await;
    let how = json!({ "canary": 2, "continueWhenGreen": true, "reason": "Postgres is back." });
    let started = stage.deed(&bulk, "start", how).await.expect(202);
    assert_eq!((&started["state"], &started["canary"]["jobs"]), (&json!("canary"), &json!(2)));
    let done = stage.until(&bulk, "done").await;
    assert_eq!((&done["done"], &done["skipped"], &done["left"]), (&json!(7), &json!(0), &json!(0)));
    assert_eq!((&done["verdict"], &done["canary"]["succeeded"]), (&json!("green"), &json!(2)));
    assert!(done["finishedAt"].is_string() && done["batchId"].is_string());
    let results = stage.results(&bulk).await;
    assert_eq!(results.keys().copied().collect::<Vec<_>>(), ids);
    assert!(results.values().all(|state| state == "done"), "{results:?}");
    let acted = stage.search(&format!("kind:{}", ActInBulk::KIND)).await;
    assert_eq!(acted["jobs"].as_array().unwrap().len(), 2, "the canary, and the rest by itself");
    for id in super::ids(&acted) {
        assert_eq!(stage.job(id).await["askedBy"]["name"], "Oda");
    }
    let node = stage.app.start_worker().await;
    for id in ids {
        wait_for("the job succeeds", || async { stage.job(id).await["state"] == "succeeded" }).await;
        let deed = stage.job(id).await["deeds"][0].clone();
        assert_eq!((&deed["by"], &deed["action"]), (&json!("Oda"), &json!("console.retry_job")));
        assert_eq!((&deed["bulkId"], &deed["reason"]), (&bulk["id"], &json!("Postgres is back.")));
    }
    node.stop().await;
    assert_eq!(stage.deeds().await, ["console.start_bulk_action", "console.end_bulk_action"]);
    let entry = stage.get("audit?action=console.start_bulk_action").await["entries"][0].clone();
    assert_eq!((&entry["reason"], &entry["subjectName"]), (&json!("Postgres is back."), &json!("retry 7 jobs")));
    assert_eq!((&entry["subjectId"], &entry["data"]["after"]["state"]), (&bulk["id"], &json!("canary")));
}

#[tokio::test]
async fn a_red_canary_waits_for_the_operator() {
    let mut stage = Stage::new().await;
    let ids = stage.hopeless_ones(5).await;
    let bulk = stage.preview("retry", "state:dead").await;
    stage.deed(&bulk, "start", json!({ "canary": 1, "continueWhenGreen": true })).await.assert_status(202);
    let waiting = stage.until(&bulk, "waiting").await;
    assert_eq!((&waiting["verdict"], &waiting["done"], &waiting["left"]), (&json!("red"), &json!(1), &json!(4)));
    assert_eq!(waiting["canary"]["failed"], 1);
    let dead = |results: BTreeMap<Uuid, String>| results.values().filter(|state| *state == "left").count();
    assert_eq!(dead(stage.results(&bulk).await), 4);

    stage.deed(&bulk, "continue", Value::Null).await.assert_status(202);
    let done = stage.until(&bulk, "done").await;
    assert_eq!((&done["done"], &done["left"]), (&json!(5), &json!(0)));
    assert_eq!(stage.results(&bulk).await.len(), ids.len());
    stage.deed(&bulk, "continue", Value::Null).await.problem(409, "not_waiting");
    stage.deed(&bulk, "abort", Value::Null).await.problem(409, "already_ended");
}

#[tokio::test]
async fn an_ended_one_does_nothing_more_and_lists_what_was_done() {
    let mut stage = Stage::new().await;
    let ids = stage.dead_ones(6).await;
    let bulk = stage.preview("delete", "state:dead").await;
    stage.deed(&bulk, "start", json!({ "canary": 2 })).await.assert_status(202);
    let waiting = stage.until(&bulk, "waiting").await;
    assert_eq!((&waiting["verdict"], &waiting["done"]), (&json!("green"), &json!(2)));
    stage.deed(&bulk, "continue", Value::Null).await.assert_status(202);
    let aborted = stage.deed(&bulk, "abort", Value::Null).await.expect(200);
    assert_eq!((&aborted["state"], &aborted["abortedBy"]), (&json!("aborted"), &json!("Oda")));
    stage.app.run_pending().await;
    let after = stage.bulk(&bulk).await;
    assert_eq!((&after["done"], &after["left"]), (&json!(2), &json!(4)));
    let mut still_dead = 0;
    for id in &ids {
        still_dead += usize::from(stage.job(*id).await["reason"] == "out of attempts");
    }
    assert_eq!(still_dead, 4);
    let deeds = stage.deeds().await;
    assert_eq!(deeds.last().unwrap(), "console.abort_bulk_action");
    let entry = stage.get("audit?action=console.abort_bulk_action").await["entries"][0].clone();
    assert_eq!((&entry["data"]["done"], &entry["data"]["left"]), (&json!(2), &json!(4)));
}

#[tokio::test]
async fn ending_one_waits_for_the_jobs_at_hand_and_for_no_more() {
    let mut stage = Stage::new().await;
    stage.dead_ones(60).await;
    let bulk = stage.preview("delete", "state:dead").await;
    stage.deed(&bulk, "start", json!({})).await.assert_status(202);
    // two workers act on places 1 to 50 and 51 to 60; somebody holds the first job of each
    let places: Vec<Uuid> = sqlx::query_scalar("select job_id from bulk_items order by place")
        .fetch_all(&mut stage.app.database.owner().await)
        .await
        .unwrap();
    let (mut one, mut other) = (stage.app.sql().await, stage.app.sql().await);
    let mut held = Vec::new();
    for (sql, place) in [(&mut one, 0), (&mut other, 50)] {
        let mut tx = sql.begin().await.unwrap();
        sqlx::query("select from dead_jobs where id = $1 for update")
            .bind(places[place])
            .execute(&mut *tx)
            .await
            .unwrap();
        held.push(tx);
    }
    let node = stage.app.start_worker().await;
    let stand = async || -> (i64, i64) {
        sqlx::query_as(
            "select (select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'),
               (select count(*) from bulk_items where result is not null)",
        )
        .fetch_one(&mut stage.app.database.owner().await)
        .await
        .unwrap()
    };
    wait_for("both workers wait", || async { stand().await == (2, 0) }).await;
    let ended = async { stage.deed(&bulk, "abort", Value::Null).await.expect(200) };
    let let_go = async {
        wait_for("whoever ends it waits as well", || async { stand().await == (3, 0) }).await;
        held.remove(0).rollback().await.unwrap();
        wait_for("the one that goes on waits behind them", || async { stand().await == (3, 1) }).await;
        held.remove(0).rollback().await.unwrap();
    };
    let (aborted, ()) = tokio::join!(ended, let_go);
    node.stop().await;
    let after = stage.bulk(&bulk).await;
    assert_eq!((&aborted["state"], &after["done"], &after["left"]), (&json!("aborted"), &json!(2), &json!(58)));
}

#[tokio::test]
async fn two_who_choose_the_same_jobs_act_on_each_once() {
    let mut stage = Stage::new().await;
    let ids = stage.dead_ones(4).await;
    let other = operator(&stage.app, "Otto", "full").await;
    let mine = stage.preview("retry", "state:dead").await;
    let theirs = previewed(&other, &json!({ "verb": "delete", "jobIds": [ids[0], ids[1], ids[0]] })).await.expect(201);
    assert_eq!(theirs["total"], 2);
    stage.deed(&mine, "start", json!({})).await.assert_status(202);
    stage.deed(&theirs, "start", json!({})).await.assert_status(202);
    stage.until(&mine, "done").await;
    stage.until(&theirs, "done").await;
    let (mine, theirs) = (stage.results(&mine).await, stage.results(&theirs).await);
    for id in &ids[..2] {
        let both = [mine[id].as_str(), theirs[id].as_str()];
        assert!(matches!(both, ["done", "skipped"] | ["skipped", "done"]), "{both:?}");
    }
    for id in &ids[2..] {
        assert_eq!(mine[id], "done");
    }
}

#[tokio::test]
async fn a_job_that_was_retried_and_died_again_is_left_alone() {
    let mut stage = Stage::new().await;
    let ids = stage.dead_ones(1).await;
    let bulk = stage.preview("retry", "state:dead").await;
    stage.act(&format!("jobs/{}/retry", ids[0])).await.assert_status(200);
    stage.end(ids[0], End::Dead, "again").await;
    stage.deed(&bulk, "start", json!({})).await.assert_status(202);
    let done = stage.until(&bulk, "done").await;
    assert_eq!((&done["done"], &done["skipped"]), (&json!(0), &json!(1)));
    let items = stage.get(&format!("bulk-actions/{}/items?state=skipped", bulk["id"].as_str().unwrap())).await;
    assert!(items["items"][0]["note"].as_str().unwrap().contains("changed after the preview"));
    assert_eq!(stage.job(ids[0]).await["state"], "dead");
}

#[tokio::test]
async fn a_killed_worker_repeats_nothing() {
    let mut stage = Stage::new().await;
    let import_id = Uuid::now_v7();
    // jobs of a batch that has ended are retried as copies, which would show twice
    let batch = ledgerline_jobs::engine::batch::open(&mut stage.sql, "imports", None::<&FinishImport>).await.unwrap();
    let options = Options { batch: Some(batch), ..Options::default() };
    for _ in 0..3 {
        let id = stage.ask(&FinishImport { import_id }, None, &options).await;
        stage.end(id, End::Dead, "no such import").await;
    }
    ledgerline_jobs::engine::batch::seal(&mut stage.sql, batch).await.unwrap();
    let bulk = stage.preview("retry", "state:dead").await;
    stage.deed(&bulk, "start", json!({})).await.assert_status(202);
    let worker = Worker::start(&stage.app).await;
    let due = worker.due::<ActInBulk>().await;
    let claimed = worker.claim(due[0]).await;
    worker.attempt(&claimed).await.unwrap();
    worker.attempt(&claimed).await.unwrap();
    worker.work(&claimed).await;
    let copies: i64 = sqlx::query_scalar("select count(*) from jobs where copy_of is not null")
        .fetch_one(&mut stage.sql)
        .await
        .unwrap();
    assert_eq!(copies, 3);
    let items = stage.get(&format!("bulk-actions/{}/items", bulk["id"].as_str().unwrap())).await;
    assert!(items["items"].as_array().unwrap().iter().all(|item| item["copyId"].is_string()), "{items}");
}

#[tokio::test]
async fn cancelling_ends_what_waits_asks_what_runs_and_leaves_what_has_an_effect() {
    let mut stage = Stage::new().await;
    let queued = stage.ask(&FinishImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let running = stage.ask(&FinishImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.start(running).await;
    let acting = stage.ask(&FinishImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let fence = stage.start(acting).await;
    effects::intend(&mut stage.sql, fence, "mail", "mail:1", "x").await.unwrap();
    let gone = stage.ask(&FinishImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let bulk = stage.preview("cancel", "kind:imports.finish").await;
    assert_eq!((&bulk["total"], &bulk["able"]), (&json!(4), &json!(3)));
    assert_eq!(bulk["summary"]["unable"], json!([{ "obstacle": "effect_intended", "count": 1 }]));
    control::cancel(&mut stage.sql, gone, "not wanted").await.unwrap();
    stage.deed(&bulk, "start", json!({})).await.assert_status(202);
    let worker = Worker::start(&stage.app).await;
    worker.run::<ActInBulk>().await;
    let results = stage.results(&bulk).await;
    let expected = [(queued, "done"), (running, "done"), (acting, "unable"), (gone, "skipped")];
    assert_eq!(results, expected.map(|(id, state)| (id, state.to_owned())).into_iter().collect());
    assert_eq!(stage.job(queued).await["reason"], "cancelled by Oda");
    assert_eq!(stage.job(running).await["cancelRequested"], true);

    let bulk = stage.preview("delete", "kind:imports.finish").await;
    let mut unable: Vec<(&str, i64)> = bulk["summary"]["unable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["obstacle"].as_str().unwrap(), one["count"].as_i64().unwrap()))
        .collect();
    unable.sort_unstable();
    assert_eq!(unable, [("ended", 2), ("running", 2)]);
    stage.deed(&bulk, "start", json!({})).await.problem(409, "nothing_able");
}

#[tokio::test]
async fn an_old_preview_cannot_be_started_and_goes_at_night() {
    let mut stage = Stage::new().await;
    stage.dead_ones(1).await;
    let bulk = stage.preview("retry", "state:dead").await;
    stage.app.travel("31 minutes").await;
    assert_eq!(stage.bulk(&bulk).await["state"], "expired");
    stage.deed(&bulk, "start", json!({})).await.problem(409, "preview_expired");
    stage.app.travel("2 days").await;
    let engine = sqlx::PgPool::connect(&stage.app.ledgerline().settings.database.engine_url).await.unwrap();
    assert_eq!(ledgerline_app::console::bulk::sweep::sweep(&engine).await.unwrap(), 1);
    let path = format!("/api/console/bulk-actions/{}", bulk["id"].as_str().unwrap());
    stage.operator.get(&path).await.problem(404, "not_found");
    let items: i64 = sqlx::query_scalar("select count(*) from bulk_items").fetch_one(&mut stage.sql).await.unwrap();
    assert_eq!(items, 0);
}

#[tokio::test]
async fn two_starts_at_once_start_it_once() {
    let mut stage = Stage::new().await;
    stage.dead_ones(1).await;
    let bulk = stage.preview("retry", "state:dead").await;
    let (one, other) = tokio::join!(stage.deed(&bulk, "start", json!({})), stage.deed(&bulk, "start", json!({})));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409], "{} {}", one.text, other.text);
    assert_eq!(stage.deeds().await, ["console.start_bulk_action"]);
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_said() {
    let mut stage = Stage::new().await;
    stage.dead_ones(2).await;
    let refused = async |body: Value| previewed(&stage.operator, &body).await;
    refused(json!({ "verb": "retry" })).await.wrong_fields(&[("search", "required")]);
    refused(json!({ "verb": "retry", "search": "  " })).await.wrong_fields(&[("search", "required")]);
    refused(json!({ "verb": "retry", "jobIds": [] })).await.wrong_fields(&[("jobIds", "required")]);
    let many: Vec<Uuid> = (0..1_001).map(|_| Uuid::now_v7()).collect();
    refused(json!({ "verb": "retry", "jobIds": many })).await.wrong_fields(&[("jobIds", "too_many")]);
    refused(json!({ "verb": "retry", "search": "state:alive" })).await.problem(422, "invalid_search");
    refused(json!({ "verb": "delete", "search": "\"\"" })).await.problem(422, "invalid_search");
    refused(json!({ "verb": "delete", "search": "error:\" \"" })).await.problem(422, "invalid_search");
    refused(json!({ "verb": "praise", "search": "state:dead" })).await.problem(422, "invalid_body");
    refused(json!({ "verb": "retry", "search": "state:dead", "all": true })).await.problem(422, "invalid_body");
    refused(json!({ "verb": "retry", "search": "kind:no.such" })).await.problem(422, "nothing_selected");

    let search = "fingerprint:\"a b\" error:\"x:y \\\"z\\\"\" since:2h state:dead";
    refused(json!({ "verb": "retry", "search": search })).await.problem(422, "nothing_selected");
    let bulk = stage.preview("retry", " error:\"17 refused\" state:dead,quarantined ").await;
    assert_eq!(bulk["search"], "error:\"17 refused\" state:dead,quarantined", "it reads back as it was typed");

    let of_all = stage.dead_ones(1).await[0];
    for search in [format!("id:{of_all}"), of_all.to_string()] {
        assert_eq!(stage.preview("retry", &search).await["total"], 1, "an id is one job: {search}");
    }
    stage.act(&format!("jobs/{of_all}/cancel")).await.assert_status(409);
    let bulk = stage.preview("retry", "state:dead").await;
    for canary in [0, 4, -1] {
        stage.deed(&bulk, "start", json!({ "canary": canary })).await.wrong_fields(&[("canary", "out_of_range")]);
    }
    let long = "x".repeat(501);
    stage.deed(&bulk, "start", json!({ "reason": long })).await.wrong_fields(&[("reason", "too_long")]);
    stage.deed(&bulk, "continue", Value::Null).await.problem(409, "not_waiting");
    let unknown = json!({ "id": Uuid::now_v7() });
    for verb in ["start", "continue", "abort"] {
        stage.deed(&unknown, verb, json!({})).await.problem(404, "not_found");
    }
    for query in ["items?state=lost", "items?cursor=x", "items?limit=0"] {
        let path = format!("/api/console/bulk-actions/{}/{query}", bulk["id"].as_str().unwrap());
        stage.operator.get(&path).await.assert_status(400);
    }
    assert!(stage.deeds().await.is_empty());
}
