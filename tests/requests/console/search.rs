use chrono::Utc;
use ledgerline_app::console::jobs::{filter::JobFilter, search::quoted};
use ledgerline_jobs::{
    NewJob, Options,
    engine::{
        batch,
        outcome::{self, Again, End, Failure},
    },
    imports::{ImportChunk, PlanImport},
    maintenance::KeepHouse,
};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{Stage, ids};

fn plan() -> PlanImport {
    PlanImport { import_id: Uuid::now_v7() }
}

#[tokio::test]
async fn jobs_are_found_by_what_their_arguments_hold() {
    let mut stage = Stage::new().await;
    let import_id = Uuid::now_v7();
    let live = stage.ask(&ImportChunk { import_id, chunk: 3 }, None, &Options::default()).await;
    let done = stage.ask(&ImportChunk { import_id, chunk: 4 }, None, &Options::default()).await;
    stage.succeed(done).await;
    let dead = stage.ask(&ImportChunk { import_id, chunk: 3 }, None, &Options::default()).await;
    stage.end(dead, End::Dead, "no such file").await;
    stage.ask(&ImportChunk { import_id: Uuid::now_v7(), chunk: 3 }, None, &Options::default()).await;

    assert_eq!(ids(&stage.search(&format!("args.import_id:{import_id}")).await), [live, dead, done]);
    assert_eq!(ids(&stage.search(&format!("args.importId:{import_id} args.chunk:3")).await), [live, dead]);
    assert_eq!(ids(&stage.search(&format!("args.import_id:{import_id} args.chunk:4 state:succeeded")).await), [done]);
    assert!(ids(&stage.search(&format!("args.import_id:{import_id} args.chunk:33")).await).is_empty());
    stage.found("args.reset_token:x").await.problem(422, "invalid_search");
}

/// Otherwise an address or a token could be read out letter by letter, and nobody would know.
#[tokio::test]
async fn what_is_shown_masked_is_found_by_nothing_of_it() {
    let mut stage = Stage::new().await;
    let token = "kP3v9XcQ2m-LtR8_wZ5yB1nH6jD4fG7sA0uE9iO2xVc";
    let row = NewJob { args: json!({ "cc": "nina@example.com", "note": "call" }), ..NewJob::of(&plan()).unwrap() };
    let dead = stage.ask_row(&row, None, &Options::default()).await;
    stage.end(dead, End::Dead, &format!("550 nina@example.com refused, see /reset#{token} Example")).await;
    let plain = stage.ask(&plan(), None, &Options::default()).await;
    stage.end(plain, End::Dead, "550 somebody refused an example").await;

    assert_eq!(ids(&stage.search("error:\"550\" refused").await), [plain, dead]);
    assert_eq!(ids(&stage.search("example").await), [plain, dead], "a word that is shown as well");
    for search in ["nina", "error:\"nina@e\"", "@example.com", "kP3v9", "reset#k", "refused nina", "\"550 n\""] {
        let found = stage.search(search).await;
        assert!(ids(&found).is_empty() && found["nextCursor"].is_null(), "{search}: {found}");
        let query: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
        assert_eq!(stage.counted(search).await["count"], 0, "{search}");
        assert_eq!(stage.get(&format!("failures?search={query}")).await["failures"], json!([]), "{search}");
        let bulk = json!({ "verb": "delete", "search": search });
        let answer = stage.operator.post("/api/console/bulk-actions", &bulk).await;
        answer.problem(422, "nothing_selected");
    }
    assert_eq!(ids(&stage.search("args.note:call").await), [dead]);
    for search in ["args.cc:\"nina@example.com\"".to_owned(), format!("args.cc:{token}")] {
        let problem = stage.found(&search).await.problem(422, "invalid_search").clone();
        assert_eq!(problem["errors"][0]["code"], "masked_argument");
    }
    sqlx::query("update dead_jobs set version = 99").execute(&mut stage.sql).await.unwrap();
    let unknown = stage.search("args.note:call").await;
    assert!(ids(&unknown).is_empty(), "of a version that this release does not know all is masked");
}

/// A page is full of what may be shown, however much of what lies between may not.
#[tokio::test]
async fn masked_hits_neither_end_a_list_nor_fill_its_pages() {
    let mut stage = Stage::new().await;
    let mut shown = Vec::new();
    for number in 0..40 {
        let id = stage.ask(&plan(), None, &Options::default()).await;
        let error = if number % 10 == 0 { "see example.com" } else { "to nina@example.com" };
        stage.end(id, End::Dead, error).await;
        if number % 10 == 0 {
            shown.insert(0, id);
        }
    }
    let first = stage.get("jobs?search=example&limit=3").await;
    assert_eq!(ids(&first), shown[..3]);
    let next = first["nextCursor"].as_str().unwrap();
    let last = stage.get(&format!("jobs?search=example&limit=3&cursor={next}")).await;
    assert_eq!((ids(&last), &last["nextCursor"]), (shown[3..].to_vec(), &json!(null)));
    let back = last["previousCursor"].as_str().unwrap();
    assert_eq!(ids(&stage.get(&format!("jobs?search=example&limit=3&cursor={back}")).await), shown[..3]);
    assert_eq!(stage.counted("example").await, json!({ "count": 4, "capped": false }));
}

proptest! {
    /// The command line and the pages write searches this way.
    #[test]
    fn a_value_that_is_written_as_a_term_is_read_as_it_was(
        error in "[^\\x00]{0,40}\\S", kind in "\\S[^\\x00]{0,40}", fingerprint in "[a-c \\\\\":]{1,6}x"
    ) {
        let text = format!("error:{} kind:{} fingerprint:{}", quoted(&error), quoted(&kind), quoted(&fingerprint));
        let read: JobFilter = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error:?}")))?;
        prop_assert_eq!((read.errors, read.kind, read.fingerprint), (vec![error], Some(kind), Some(fingerprint)));
    }
}

#[tokio::test]
async fn jobs_are_found_by_their_error_and_by_what_alike_errors_have_in_common() {
    let mut stage = Stage::new().await;
    let mut alike = Vec::new();
    for row in [12, 977] {
        let id = stage.ask(&plan(), None, &Options::default()).await;
        let error = format!("import {} failed at row {row}: \"name {row}\" is 100% empty", Uuid::now_v7());
        stage.end(id, End::Dead, &error).await;
        alike.insert(0, id);
    }
    let other = stage.ask(&KeepHouse::default(), None, &Options::default()).await;
    stage.end(other, End::Dead, "Connection refused (os error 111)").await;
    let again = stage.ask(&plan(), None, &Options::default()).await;
    let fence = stage.start(again).await;
    let failure = Failure { error: "connection refused (os error 61)".to_owned(), backtrace: None };
    let pause = std::time::Duration::from_secs(60);
    outcome::again(&mut stage.sql, fence, Again::After(pause), Some(&failure)).await.unwrap();

    assert_eq!(ids(&stage.search("error:\"connection REFUSED\"").await), [again, other]);
    assert_eq!(ids(&stage.search("connection refused state:dead").await), [other], "plain words are texts of errors");
    assert_eq!(ids(&stage.search("\"100% empty\"").await), alike, "a percent sign is one");
    assert!(ids(&stage.search("\"100_ empty\"").await).is_empty(), "an underscore is no pattern");

    let fingerprints: Vec<(Uuid, String)> =
        sqlx::query_as("select id, fingerprint from dead_jobs order by finished_at desc, id desc")
            .fetch_all(&mut stage.sql)
            .await
            .unwrap();
    assert_eq!(fingerprints[1].1, fingerprints[2].1, "rows and ids do not tell causes apart");
    assert_ne!(fingerprints[0].1, fingerprints[1].1);
    assert_eq!(ids(&stage.search(&format!("fingerprint:{}", fingerprints[1].1)).await), alike);
    assert!(ids(&stage.search("fingerprint:000000000000").await).is_empty());
}

#[tokio::test]
async fn jobs_are_found_by_batch_node_time_and_id() {
    let mut stage = Stage::new().await;
    let batch = batch::open::<PlanImport>(&mut stage.sql, "imports", None).await.unwrap();
    let counted = Options { batch: Some(batch), ..Options::default() };
    let live = stage.ask(&plan(), None, &counted).await;
    let done = stage.ask(&plan(), None, &counted).await;
    let fence = stage.start(done).await;
    outcome::finish(&mut stage.sql, &outcome::Running { fence, batch_id: Some(batch) }).await.unwrap();
    let early = Options { run_at: Some(Utc::now() - chrono::Duration::days(2)), ..Options::default() };
    let old = stage.ask(&plan(), None, &early).await;

    assert_eq!(ids(&stage.search(&format!("batch:{batch}")).await), [live, done]);
    assert_eq!(ids(&stage.search(&format!("batch:{batch} state:queued")).await), [live]);
    assert_eq!(ids(&stage.search("node:NODE-ONE").await), [done]);
    assert_eq!(ids(&stage.search("before:1d").await), [old]);
    assert_eq!(ids(&stage.search("since:1d state:queued").await), [live]);
    assert_eq!(ids(&stage.search(&old.to_string()).await), [old]);
    assert_eq!(ids(&stage.search(&format!("id:{done}")).await), [done]);
    assert!(ids(&stage.search(&Uuid::now_v7().to_string()).await).is_empty());
}

#[tokio::test]
async fn a_wrong_search_says_where_and_how_to_mend_it() {
    let stage = Stage::new().await;
    let problem = stage.found("kind:a colour:red").await;
    let problem = problem.problem(422, "invalid_search");
    assert_eq!(problem["errors"][0]["field"], "search");
    assert_eq!(problem["errors"][0]["code"], "unknown_key");
    assert!(problem["detail"].as_str().unwrap().starts_with("At character 8: There is no search by “colour”."));

    let problem = stage.found("workspace:Nowhere").await;
    let problem = problem.problem(422, "invalid_search");
    assert_eq!(problem["errors"][0]["code"], "unknown_name");
    assert_eq!(problem["detail"], "No workspace is called Nowhere. Check its name, or give its id.");
    for beyond in ["since:100000000h", "before:4294967295w", "since:1969-12-31"] {
        let problem = stage.found(beyond).await;
        assert_eq!(problem.problem(422, "invalid_search")["errors"][0]["code"], "invalid_time");
    }
    let one = stage.app.owner("Nina").await.workspace_id().await;
    let nils = stage.app.owner("Nils").await.workspace_id().await;
    let mut sql = stage.app.sql().await;
    sqlx::query("update workspaces set name = 'Nina''s' where id = $1").bind(nils).execute(&mut sql).await.unwrap();
    let problem = stage.found("workspace:Nina's").await;
    let detail = problem.problem(422, "invalid_search")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&format!("workspace:{one}")) && detail.contains(&format!("workspace:{nils}")), "{detail}");
}

/// More live jobs than one look reads, of which the last fits: the list says how far it looked, and looks further.
#[tokio::test]
async fn a_search_stops_in_time_and_goes_on_from_there() {
    let mut stage = Stage::new().await;
    sqlx::query(
        "insert into jobs (id, kind, version, queue, args, priority, run_at, max_attempts, created_at)
         select gen_random_uuid(), 'imports.chunk', 1, 'imports', jsonb_build_object('chunk', n), n % 2,
           now() - interval '1 day' + n * interval '1 second', 10, now()
         from generate_series(1, 15000) n",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let wanted = stage.ask(&plan(), None, &Options::default()).await;

    let first = stage.search("kind:imports.plan").await;
    assert!(ids(&first).is_empty());
    assert_eq!(first["lookedThrough"]["jobs"], 8_000);
    let cursor = first["nextCursor"].as_str().unwrap();
    let next = stage.get(&format!("jobs?search=kind:imports.plan&cursor={cursor}")).await;
    assert_eq!(ids(&next), [wanted]);
    assert_eq!((&next["lookedThrough"], &next["nextCursor"]), (&json!(null), &json!(null)));

    let last = stage.search("args.chunk:14999").await;
    assert!(ids(&last).is_empty());
    let cursor = last["nextCursor"].as_str().unwrap();
    let next = stage.get(&format!("jobs?search=args.chunk:14999&cursor={cursor}")).await;
    assert_eq!(ids(&next).len(), 1);
}

/// The same looked through from its end: a page before lies further away than one look reads.
#[tokio::test]
async fn a_search_goes_back_as_far_as_one_look_reads_and_further() {
    let mut stage = Stage::new().await;
    let first = stage
        .ask(&plan(), None, &Options { run_at: Some(Utc::now() - chrono::Duration::days(2)), ..Options::default() })
        .await;
    sqlx::query(
        "insert into jobs (id, kind, version, queue, args, priority, run_at, max_attempts, created_at)
         select gen_random_uuid(), 'imports.chunk', 1, 'imports', '{}', n % 2,
           now() - interval '1 day' + n * interval '1 second', 10, now()
         from generate_series(1, 15000) n",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let last = stage.ask(&plan(), None, &Options::default()).await;
    let mut page = stage.search("kind:imports.plan").await;
    assert_eq!(ids(&page), [first]);
    while ids(&page) != [last] {
        let next = page["nextCursor"].as_str().expect("the last job is found");
        page = stage.get(&format!("jobs?search=kind:imports.plan&cursor={next}")).await;
    }
    let back = page["previousCursor"].as_str().unwrap();
    let looked = stage.get(&format!("jobs?search=kind:imports.plan&cursor={back}")).await;
    assert!(ids(&looked).is_empty());
    assert_eq!((&looked["lookedThrough"]["back"], &looked["lookedThrough"]["jobs"]), (&json!(true), &json!(8_000)));
    let next = looked["nextCursor"].as_str().unwrap();
    assert_eq!(ids(&stage.get(&format!("jobs?search=kind:imports.plan&cursor={next}")).await), [last]);
    let back = looked["previousCursor"].as_str().unwrap();
    let found = stage.get(&format!("jobs?search=kind:imports.plan&cursor={back}")).await;
    assert_eq!(ids(&found), [first], "back at the first page");
    assert_eq!(found["previousCursor"], json!(null));
}
