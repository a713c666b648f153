use std::time::{Duration, Instant};

use ledgerline_jobs::{
    Options,
    audit::{SealAudit, VerifyAudit},
    engine::outcome::End,
    imports::PlanImport,
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use support::{TestApp, Worker, wait_for};
use uuid::Uuid;

use super::{Stage, operator};

impl Stage {
    async fn log(&self, query: &str) -> Vec<Value> {
        let list = self.get(&format!("audit?{query}")).await;
        list["entries"].as_array().unwrap().clone()
    }

    /// Asks for a check, lets it run and answers what it found.
    async fn verify(&mut self) -> Value {
        let worker = Worker::start(&self.app).await;
        let answer = self.act("audit/verify").await;
        answer.assert_status(202);
        assert_eq!(answer.body["checking"], true);
        assert_eq!(worker.run::<VerifyAudit>().await, 1);
        let chain = self.get("audit/chain").await;
        assert_eq!(chain["checking"], false);
        chain
    }
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_deed_says_who_from_where_and_to_what() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    let job = PlanImport { import_id: Uuid::now_v7() };
    let id = stage.ask(&job, Some(workspace), &Options::default()).await;
    stage.end(id, End::Dead, "no such file").await;
    stage.act(&format!("jobs/{id}/retry")).await.assert_status(200);
    stage.act("queues/mail/pause").await.assert_status(200);

    let entries = stage.log("").await;
    assert_eq!(actions(&entries), ["console.pause_queue", "console.retry_job"], "the latest first, and operators only");
    let retry = &entries[1];
    for (key, value) in [
        ("actorKind", json!("operator")),
        ("actorName", json!("Oda")),
        ("origin", json!("127.0.0.1")),
        ("subjectKind", json!("job")),
        ("subjectId", json!(id)),
        ("subjectName", json!("imports.plan")),
        ("workspaceName", json!("Nina's")),
        ("seal", Value::Null),
    ] {
        assert_eq!(retry[key], value, "{key}");
    }
    assert!(retry["requestId"].is_string());
    assert_eq!(entries[0]["subjectName"], "mail");

    assert_eq!(stage.log(&format!("subject={id}")).await.len(), 1);
    assert_eq!(actions(&stage.log("subject=mail").await), ["console.pause_queue"]);
    assert_eq!(actions(&stage.log("action=console.retry_job").await), ["console.retry_job"]);
    let me = stage.operator.user_id().await;
    assert_eq!(stage.log(&format!("actorId={me}")).await.len(), 2);
    assert_eq!(stage.log(&format!("actorId={}", Uuid::now_v7())).await.len(), 0);
    assert_eq!(stage.log("until=2020-01-01T00:00:00Z").await.len(), 0);
    assert_eq!(stage.log("since=2020-01-01T00:00:00Z").await.len(), 2);
    let everybody = stage.log("scope=everybody").await;
    let of_member = everybody.iter().find(|entry| entry["workspaceName"] == "Nina's" && entry["actorKind"] == "user");
    let name = of_member.expect("signing up stands in the log")["actorName"].as_str().expect("a masked address");
    assert_eq!(name, "n…@example.com");
    assert!(!everybody.iter().any(|entry| entry.to_string().contains("nina")), "no address stands there in full");

    let choices = stage.get("audit/choices").await;
    assert_eq!(choices["people"], json!([{ "id": me, "name": "Oda" }]));
    assert!(choices["actions"].as_array().unwrap().contains(&json!("console.pause_queue")));
}

#[tokio::test]
async fn pages_and_the_file_have_every_entry_once() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        stage.act("queues/mail/pause").await.assert_status(200);
        stage.act("queues/mail/resume").await.assert_status(200);
    }
    let mut seen = Vec::new();
    let mut path = "audit?limit=4".to_owned();
    loop {
        let list = stage.get(&path).await;
        seen.extend(list["entries"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = list["nextCursor"].as_str() else { break };
        path = format!("audit?limit=4&cursor={cursor}");
    }
    let mut unique = seen.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (6, 6));

    let file = stage.operator.get("/api/console/audit.csv?action=console.pause_queue").await;
    file.assert_status(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("audit.csv"));
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 4, "a heading and three pauses: {}", file.text);
    assert!(lines[0].starts_with("Time,Who,Name"));
    assert!(lines[1].contains("console.pause_queue") && lines[1].contains("127.0.0.1"), "{}", lines[1]);
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_said() {
    let stage = Stage::new().await;
    for (query, status, code) in [
        ("limit=0", 400, "invalid_limit"),
        ("cursor=x", 400, "invalid_cursor"),
        ("who=me", 400, "invalid_query"),
        ("since=yesterday", 400, "invalid_query"),
        ("since=%2B20000-01-01T00:00:00Z", 422, "invalid"),
    ] {
        stage.operator.get(&format!("/api/console/audit?{query}")).await.problem(status, code);
    }
    let long = "x".repeat(201);
    stage.operator.get(&format!("/api/console/audit?subject={long}")).await.wrong_fields(&[("subject", "too_long")]);
    stage.operator.get(&format!("/api/console/audit.csv?subject={long}")).await.problem(422, "invalid");
}

#[tokio::test]
async fn entries_are_sealed_afterwards_and_the_chain_holds() {
    let mut stage = Stage::new().await;
    stage.act("queues/mail/pause").await.assert_status(200);
    let before = stage.get("audit/chain").await;
    assert_eq!((&before["seals"], &before["checked"]), (&json!(0), &Value::Null));
    assert!(before["unsealed"]["count"].as_i64().unwrap() > 0);

    let worker = Worker::start(&stage.app).await;
    stage.ask(&SealAudit {}, None, &Options::default()).await;
    worker.run::<SealAudit>().await;
    let sealed = stage.get("audit/chain").await;
    assert_eq!(sealed["unsealed"]["count"], 0);
    assert_eq!(sealed["hash"].as_str().unwrap().len(), 64);
    assert!(stage.log("").await[0]["seal"].is_i64());

    let verified = stage.verify().await;
    assert_eq!(verified["checked"]["finding"], Value::Null);
    assert_eq!(verified["checked"]["number"], verified["seals"], "asking for the check is sealed as well");
    assert_eq!(actions(&stage.log("").await)[0], "console.verify_audit");
}

#[tokio::test]
async fn tampering_with_what_is_sealed_is_found() {
    let mut stage = Stage::new().await;
    for verb in ["pause", "resume", "pause"] {
        stage.act(&format!("queues/mail/{verb}")).await.assert_status(200);
    }
    assert_eq!(stage.verify().await["checked"]["finding"], Value::Null);
    let holds = |finding: &Value| finding.as_str().unwrap_or_default().to_owned();
    for (tampering, mending, found) in [
        (
            "update audit_log set actor_name = 'Somebody' where action = 'console.resume_queue'",
            "update audit_log set actor_name = 'Oda' where action = 'console.resume_queue'",
            "is not what was sealed",
        ),
        (
            "create table away as select * from audit_log where action = 'console.resume_queue';
             delete from audit_log where action = 'console.resume_queue'",
            "alter table audit_log disable trigger note; insert into audit_log select * from away; drop table away;
             alter table audit_log enable trigger note",
            "is gone",
        ),
        (
            "alter table audit_log disable trigger note;
             insert into audit_log (id, actor_kind, action, subject_kind, at)
               values ('00000000-0000-7000-8000-000000000001', 'job', 'x', 'job', now());
             alter table audit_log enable trigger note",
            "delete from audit_log where id = '00000000-0000-7000-8000-000000000001'",
            "put in without being noted",
        ),
        (
            "create table away as select * from audit_seals where number = 2; delete from audit_seals where number = 2",
            "insert into audit_seals select * from away; drop table away",
            "The seals between 1 and 3 are gone",
        ),
    ] {
        sqlx::raw_sql(tampering).execute(&mut stage.sql).await.unwrap();
        let chain = stage.verify().await;
        let finding = holds(&chain["checked"]["finding"]);
        assert!(finding.contains(found), "{tampering}: {finding}");
        sqlx::raw_sql(mending).execute(&mut stage.sql).await.unwrap();
    }
    assert_eq!(stage.verify().await["checked"]["finding"], Value::Null, "mended");
    sqlx::raw_sql(
        "create table away as select * from audit_seals order by number desc limit 2;
         delete from audit_log using away where audit_log.id = away.audit_id;
         delete from audit_seals using away where audit_seals.number = away.number",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let worker = Worker::start(&stage.app).await;
    stage.ask(&VerifyAudit {}, None, &Options::default()).await;
    worker.run::<VerifyAudit>().await;
    let finding = holds(&stage.get("audit/chain").await["checked"]["finding"]);
    assert!(finding.contains("are gone") || finding.contains("held at the check before"), "{finding}");
    let again = stage.verify().await;
    assert!(again["checked"]["finding"].is_string(), "what was found once is not what the next check compares with");
    assert_eq!(again["findings"].as_array().unwrap().len(), 6, "each stays, also where it was mended: {again}");
    assert!(again["heldAt"].is_string());

    let alarm = |overview: &Value| overview["alarms"][0].clone();
    let told = alarm(&stage.get("overview").await);
    assert_eq!((&told["kind"], &told["severity"]), (&json!("audit_broken"), &json!("bad")), "{told}");
    assert!(told["text"].as_str().unwrap().starts_with("The audit log does not hold."), "{told}");

    let latest = again["findings"][0]["id"].clone();
    let asked = |reason: &str| json!({ "checkId": latest, "reason": reason });
    let path = "/api/console/audit/acknowledge";
    stage.operator.post(path, &asked(" ")).await.wrong_fields(&[("reason", "required")]);
    let nowhere = json!({ "checkId": Uuid::now_v7(), "reason": "restored" });
    stage.operator.post(path, &nowhere).await.problem(404, "not_found");
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    watcher.post(path, &asked("restored")).await.problem(403, "read_only_operator");
    let chain = stage.operator.post(path, &asked("Restored from the backup of yesterday")).await.expect(200);
    assert_eq!(chain["findings"], json!([]));
    stage.operator.post(path, &asked("again")).await.problem(409, "already_acknowledged");
    assert_ne!(alarm(&stage.get("overview").await)["kind"], "audit_broken");
    let deed = &stage.log("action=console.acknowledge_audit").await[0];
    assert_eq!(
        (&deed["reason"], &deed["data"]["findings"]),
        (&json!("Restored from the backup of yesterday"), &json!(6))
    );

    let chain = stage.verify().await;
    assert_eq!(chain["checked"]["finding"], Value::Null, "the chain goes on from what was acknowledged");
    sqlx::raw_sql("update audit_log set actor_name = 'Somebody' where action = 'console.acknowledge_audit'")
        .execute(&mut stage.sql)
        .await
        .unwrap();
    assert_eq!(stage.verify().await["findings"].as_array().unwrap().len(), 1, "and what is new is found");
}

#[tokio::test]
async fn a_check_that_fails_is_kept_and_one_that_does_not_come_is_an_alarm() {
    let mut stage = Stage::new().await;
    assert!(stage.verify().await["heldAt"].is_string());
    let kinds = async |stage: &Stage| {
        let overview = stage.get("overview").await;
        let alarms = overview["alarms"].as_array().unwrap().clone();
        alarms.iter().map(|alarm| alarm["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!kinds(&stage).await.contains(&"audit_unchecked".to_owned()));
    sqlx::raw_sql("update audit_checks set at = at - interval '49 hours'").execute(&mut stage.sql).await.unwrap();
    assert_eq!(kinds(&stage).await[0], "audit_unchecked");

    sqlx::raw_sql("alter function audit.unnoted(uuid, integer) rename to away").execute(&mut stage.sql).await.unwrap();
    let worker = Worker::start(&stage.app).await;
    let id = stage.ask(&VerifyAudit {}, None, &Options::default()).await;
    assert!(worker.attempt(&worker.claim(id).await).await.is_err());
    let failed = stage.get("audit/chain").await;
    assert!(failed["checked"]["failure"].as_str().unwrap().contains("failed at seal"), "{failed}");
    assert_eq!(failed["findings"], json!([]));
    assert_eq!(kinds(&stage).await[0], "audit_unchecked", "a check that failed found nothing whole");
}

/// The log is accounted for in parts: an entry that is put in is found wherever it stands.
#[tokio::test]
async fn more_entries_than_one_statement_takes_are_all_looked_for() {
    let mut stage = Stage::new().await;
    sqlx::raw_sql(
        "insert into audit_log (id, actor_kind, action, subject_kind, at, data)
           select gen_random_uuid(), 'job', 'x', 'job', now(), '{}' from generate_series(1, 45000)",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let chain = stage.verify().await;
    assert_eq!((&chain["checked"]["finding"], &chain["checked"]["failure"]), (&Value::Null, &Value::Null));
    assert!(chain["checked"]["number"].as_i64().unwrap() >= 45_000);
    sqlx::raw_sql(
        "alter table audit_log disable trigger note;
         insert into audit_log (id, actor_kind, action, subject_kind, at)
           select id::uuid, 'job', 'x', 'job', now() from unnest(array['00000000-0000-0000-0000-000000000000',
             '80000000-0000-4000-8000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) id;
         alter table audit_log enable trigger note",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let finding = stage.verify().await["checked"]["finding"].as_str().unwrap().to_owned();
    assert_eq!(finding, "3 entries were put in without being noted for a seal.");
}

/// Entries of which few name a queue are not all read to find those, and a file of them has a place and an end.
#[tokio::test]
async fn a_name_is_found_by_its_index_and_a_file_takes_a_place() {
    let app = TestApp::start_with(json!({ "http": { "downloads_per_user": 1, "downloads": 2 } })).await;
    let mut stage = Stage::on(app).await;
    sqlx::raw_sql(
        "insert into audit_log (id, actor_kind, action, subject_kind, at, data)
           select gen_random_uuid(), 'job', 'x', 'job', now() - n * interval '1 second', jsonb_build_object('note', repeat('x', 500))
           from generate_series(1, 30000) n;
         insert into audit_log (id, actor_kind, action, subject_kind, at, data)
           select gen_random_uuid(), 'job', 'x', 'queue', now() - interval '1 year', data
           from unnest(array['{\"queue\": \"attic\"}', '{\"kind\": \"attic\"}', '{\"node\": \"attic\", \"schedule\": \"attic\"}']::jsonb[]) data;
         analyze audit_log",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let before: i64 = reads(&mut stage.sql).await;
    assert_eq!(stage.log("scope=everybody&subject=attic&limit=2").await.len(), 2);
    assert_eq!(stage.log("scope=everybody&subject=attic").await.len(), 3);
    assert!(reads(&mut stage.sql).await - before < 5_000, "no page reads the whole log");

    let file = "/api/console/audit.csv?scope=everybody";
    let first = stage.operator.request(Method::GET, file).send().await.unwrap();
    assert_eq!(first.status(), 200);
    stage.operator.get(file).await.problem(429, "too_many_downloads");
    drop(first);
    wait_for("a download that was left makes room", || async {
        stage.operator.request(Method::GET, file).send().await.unwrap().status() == 200
    })
    .await;
}

#[tokio::test]
async fn a_file_of_the_log_ends_unfinished_when_the_right_does() {
    let mut stage = Stage::new().await;
    sqlx::raw_sql(
        "insert into audit_log (id, actor_kind, action, subject_kind, at, data)
           select gen_random_uuid(), 'job', 'x', 'job', now() - n * interval '1 second', jsonb_build_object('note', repeat('x', 4000))
           from generate_series(1, 10000) n",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let file = stage.operator.request(Method::GET, "/api/console/audit.csv?scope=everybody");
    let mut file = file.send().await.unwrap();
    file.chunk().await.unwrap().expect("the beginning");
    let begun = Instant::now();
    sqlx::raw_sql("delete from operators").execute(&mut stage.sql).await.unwrap();
    // the file is asked for no further until the right is looked at again
    wait_for("the next look at the right", || async { begun.elapsed() > Duration::from_millis(5_500) }).await;
    let ended = loop {
        match file.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => break "whole",
            Err(_) => break "cut",
        }
    };
    assert_eq!(ended, "cut");
}

/// Rows of the log that were read so far.
async fn reads(sql: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables, pg_stat_force_next_flush() where relname = 'audit_log'",
    )
    .fetch_one(sql)
    .await
    .unwrap()
}

#[tokio::test]
async fn writing_the_log_waits_for_no_seal() {
    let stage = Stage::new().await;
    stage.act("queues/mail/pause").await.assert_status(200);
    let mut sealing = PgConnection::connect(&stage.app.ledgerline().settings.database.engine_url).await.unwrap();
    let mut sealing = sealing.begin().await.unwrap();
    let sealed: i64 = sqlx::query_scalar("select sealed from audit.seal(1000)").fetch_one(&mut *sealing).await.unwrap();
    assert!(sealed > 0);
    stage.act("queues/mail/resume").await.assert_status(200);
    sealing.commit().await.unwrap();
    assert_eq!(stage.get("audit/chain").await["unsealed"]["count"], 1, "what came meanwhile is the next one's");
}

#[tokio::test]
async fn who_may_only_look_reads_the_log_and_asks_for_no_check() {
    let stage = Stage::new().await;
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    for path in ["audit", "audit.csv", "audit/chain", "audit/choices"] {
        watcher.get(&format!("/api/console/{path}")).await.assert_status(200);
    }
    watcher.post("/api/console/audit/verify", &Value::Null).await.problem(403, "read_only_operator");
}

#[tokio::test]
async fn no_login_role_can_change_seals_or_reach_the_log_through_its_functions() {
    let mut stage = Stage::new().await;
    let changeable: Vec<String> = sqlx::query_scalar(
        "select r || ' ' || t || ' ' || p from unnest(array['ledgerline_app', 'ledgerline_engine', 'ledgerline_platform']) r,
           unnest(array['audit_log', 'audit_seals', 'audit_unsealed', 'audit_checks']) t,
           unnest(array['update', 'delete', 'truncate']) p
         where has_table_privilege(r, t, p)
         union all
         select 'ledgerline_app ' || p.oid::regprocedure from pg_proc p
         where p.pronamespace = 'audit'::regnamespace and (has_schema_privilege('ledgerline_app', 'audit', 'usage')
           or has_function_privilege('ledgerline_app', p.oid, 'execute'))
         union all
         select 'loose ' || p.oid::regprocedure from pg_proc p
         where p.pronamespace = 'audit'::regnamespace and (not p.prosecdef or p.proowner::regrole::text <> 'ledgerline_auth'
           or not coalesce(p.proconfig::text like '%search_path=public, pg_temp%', false))
         union all
         select 'seals ' || r from unnest(array['ledgerline_app', 'ledgerline_platform']) r
         where has_function_privilege(r, 'audit.seal(integer)', 'execute') or has_table_privilege(r, 'audit_seals', 'insert')",
    )
    .fetch_all(&mut stage.sql)
    .await
    .unwrap();
    assert_eq!(changeable, Vec::<String>::new());
}
