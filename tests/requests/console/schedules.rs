use chrono::{DateTime, Utc};
use ledgerline_jobs::{
    NewJob, Options,
    engine::schedule::{self, CatchUp, Definition, SlotOutcome},
    maintenance::KeepHouse,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Stage, operator};

fn definition() -> Definition {
    Definition {
        name: "keep_house".to_owned(),
        cron: "17 3 * * *".to_owned(),
        timezone: "Europe/Oslo".to_owned(),
        kind: "maintenance.keep_house".to_owned(),
        catch_up: CatchUp::Last,
        jitter_seconds: 60,
        job: NewJob::of(&KeepHouse {}).unwrap(),
    }
}

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    schedule::define(&mut stage.sql, &[definition()]).await.unwrap();
    stage
}

async fn slot(stage: &mut Stage, at: DateTime<Utc>, outcome: SlotOutcome) -> Option<Uuid> {
    let job = NewJob::of(&KeepHouse {}).unwrap();
    schedule::fire(&mut stage.sql, Uuid::now_v7(), "keep_house", at, outcome, &job, &Options::default()).await.unwrap()
}

#[tokio::test]
async fn tells_the_next_five_times_and_what_became_of_the_last() {
    let mut stage = stage().await;
    let yesterday = Utc::now() - chrono::Duration::days(1);
    slot(&mut stage, yesterday - chrono::Duration::days(1), SlotOutcome::Missed).await;
    let job = slot(&mut stage, yesterday, SlotOutcome::CaughtUp).await.unwrap();
    let list = stage.get("schedules").await;
    let shown = &list["schedules"][0];
    assert_eq!(
        (&shown["catchUp"], &shown["lastOutcome"], &shown["missed"]),
        (&json!("last"), &json!("caught_up"), &json!(1))
    );
    assert_eq!((&shown["lastJob"]["id"], &shown["lastJob"]["state"]), (&json!(job), &json!("queued")));
    let next: Vec<DateTime<Utc>> = serde_json::from_value(shown["nextSlots"].clone()).unwrap();
    assert_eq!(next.len(), 5);
    assert!(next.windows(2).all(|pair| pair[0] < pair[1]) && next[0] > Utc::now());
    let oslo = |at: &DateTime<Utc>| at.with_timezone(&chrono_tz::Europe::Oslo).format("%H:%M").to_string();
    assert!(next.iter().all(|at| oslo(at) == "03:17"), "{next:?}");
    assert_eq!(shown["nextSlot"], shown["nextSlots"][0]);
    assert_eq!(stage.get("schedules/keep_house").await, *shown);
    stage.operator.get("/api/console/schedules/attic").await.problem(404, "not_found");
}

#[tokio::test]
async fn the_history_has_slots_and_runs_by_hand_in_pages() {
    let mut stage = stage().await;
    let outcomes = [SlotOutcome::Fired, SlotOutcome::Missed, SlotOutcome::Paused, SlotOutcome::CaughtUp];
    for (days, outcome) in (1..).zip(outcomes) {
        slot(&mut stage, Utc::now() - chrono::Duration::days(days), outcome).await;
    }
    let run = json!({ "runId": Uuid::now_v7() });
    let job = stage.operator.post("/api/console/schedules/keep_house/run", &run).await.expect(200);
    let mut told = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stage.get(&format!("schedules/keep_house/history?limit=2{cursor}")).await;
        told.extend(page["entries"].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let outcomes: Vec<&str> = told.iter().map(|entry| entry["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["by_hand", "fired", "missed", "paused", "caught_up"]);
    assert_eq!((&told[0]["by"], &told[0]["job"]["id"]), (&json!("Oda"), &job["id"]));
    assert!(told[1]["job"]["id"].is_string() && told[2]["job"].is_null());
}

#[tokio::test]
async fn runs_now_once_per_click_even_when_it_is_clicked_twice_at_once() {
    let mut stage = stage().await;
    let click = json!({ "runId": Uuid::now_v7() });
    let run = || stage.operator.post("/api/console/schedules/keep_house/run", &click);
    let (first, second) = tokio::join!(run(), run());
    let (first, second) = (first.expect(200), second.expect(200));
    assert_eq!(first["id"], second["id"]);
    assert_eq!((&first["kind"], &first["state"]), (&json!("maintenance.keep_house"), &json!("queued")));
    let again = json!({ "runId": Uuid::now_v7() });
    let other = stage.operator.post("/api/console/schedules/keep_house/run", &again).await.expect(200);
    assert_ne!(first["id"], other["id"], "another click is another run");
    let jobs: i64 = sqlx::query_scalar("select count(*) from jobs").fetch_one(&mut stage.sql).await.unwrap();
    assert_eq!(jobs, 2);
    let deeds = stage.audit().await;
    assert_eq!(deeds.len(), 2, "{deeds:?}");
    assert_eq!(deeds[0].0, "console.run_schedule");
    assert_eq!(deeds[0].1.unwrap().to_string(), first["id"].as_str().unwrap());
    assert!(
        stage.job(deeds[0].1.unwrap()).await["causeRequestId"].is_string(),
        "the job tells which request asked for it"
    );
    stage.operator.post("/api/console/schedules/attic/run", &again).await.problem(404, "not_found");
    let last = stage.get("schedules/keep_house").await["lastSlot"].clone();
    assert_eq!(last, Value::Null, "a run by hand is no due time");
}

#[tokio::test]
async fn what_is_to_run_is_known_once_a_node_of_this_release_has_started() {
    let mut stage = stage().await;
    sqlx::query("update schedules set job = null").execute(&mut stage.sql).await.unwrap();
    let click = json!({ "runId": Uuid::now_v7() });
    stage.operator.post("/api/console/schedules/keep_house/run", &click).await.problem(503, "no_worker");
}

#[tokio::test]
async fn pauses_with_a_reason_and_resumes() {
    let mut stage = stage().await;
    let reason = json!({ "reason": "Backups run long." });
    let paused = stage.operator.post("/api/console/schedules/keep_house/pause", &reason).await.expect(200);
    assert_eq!((&paused["paused"], &paused["pausedBy"]), (&json!(true), &json!("Oda")));
    assert_eq!((&paused["pausedReason"], &paused["nextSlot"]), (&json!("Backups run long."), &Value::Null));
    assert_eq!(paused["nextSlots"].as_array().unwrap().len(), 5, "when it would run is still told");
    let resumed = stage.act("schedules/keep_house/resume").await.expect(200);
    assert_eq!((&resumed["paused"], &resumed["pausedReason"]), (&json!(false), &Value::Null));
    stage.act("schedules/keep_house/resume").await.assert_status(200);
    let changed: Vec<bool> =
        stage.audit().await.into_iter().map(|(_, _, _, data)| data["changed"].as_bool().unwrap()).collect();
    assert_eq!(changed, [true, true, false]);
    stage.act("schedules/attic/pause").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_read_only_operator_changes_nothing() {
    let mut stage = stage().await;
    let reader = operator(&stage.app, "Rita", "read_only").await;
    for (verb, body) in [("pause", json!({})), ("resume", json!({})), ("run", json!({ "runId": Uuid::now_v7() }))] {
        let path = format!("/api/console/schedules/keep_house/{verb}");
        reader.post(&path, &body).await.problem(403, "read_only_operator");
    }
    assert_eq!(stage.audit().await.len(), 0);
}

#[tokio::test]
async fn a_due_time_that_nobody_deals_with_is_an_alarm_until_somebody_does() {
    let mut stage = stage().await;
    let overdue = async |stage: &Stage| -> Vec<Value> {
        let alarms = stage.get("overview").await["alarms"].as_array().unwrap().clone();
        alarms.into_iter().filter(|alarm| alarm["kind"] == "schedule_overdue").collect()
    };
    slot(&mut stage, Utc::now(), SlotOutcome::Fired).await;
    assert!(overdue(&stage).await.is_empty());
    assert_eq!(stage.get("schedules/keep_house").await["overdue"], Value::Null);

    let next: DateTime<Utc> =
        serde_json::from_value(stage.get("schedules/keep_house").await["nextSlot"].clone()).unwrap();
    stage.app.travel(&format!("{} seconds", (next - Utc::now()).num_seconds() + 180)).await;
    let alarms = overdue(&stage).await;
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!((&alarms[0]["severity"], &alarms[0]["subject"]), (&json!("bad"), &json!("keep_house")));
    assert!(alarms[0]["seconds"].as_i64().unwrap() > 120, "{alarms:?}");
    let shown = stage.get("schedules").await;
    let due: DateTime<Utc> = serde_json::from_value(shown["schedules"][0]["overdue"].clone()).unwrap();
    assert_eq!(due, next);
    let text = format!(
        "The schedule keep_house was due at {} UTC, and no node has asked for its job.",
        due.format("%Y-%m-%d %H:%M")
    );
    assert_eq!(alarms[0]["text"], text);

    stage.act("schedules/keep_house/pause").await.assert_status(200);
    assert!(overdue(&stage).await.is_empty(), "a paused one is due no more");
    stage.act("schedules/keep_house/resume").await.assert_status(200);
    assert_eq!(overdue(&stage).await.len(), 1);
    slot(&mut stage, due, SlotOutcome::Missed).await;
    assert!(overdue(&stage).await.is_empty(), "a note that it was missed is something, too");
}
