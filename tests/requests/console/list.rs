use std::time::Duration;

use chrono::Utc;
use ledgerline_app::page;
use ledgerline_jobs::{
    Options,
    engine::{control, outcome::End},
    imports::PlanImport,
    maintenance::KeepHouse,
};
use serde_json::json;
use uuid::Uuid;

use super::{Stage, ids};

fn plan() -> PlanImport {
    PlanImport { import_id: Uuid::now_v7() }
}

#[tokio::test]
async fn each_state_has_its_list_and_its_count() {
    let mut stage = Stage::new().await;
    let now = Options::default();
    let later = Options { delay: Some(Duration::from_secs(3600)), ..Options::default() };
    let queued = stage.ask(&plan(), None, &now).await;
    let scheduled = stage.ask(&plan(), None, &later).await;
    let waiting = stage.ask(&plan(), None, &Options { after: Some(queued), ..Options::default() }).await;
    let running = stage.ask(&plan(), None, &now).await;
    stage.start(running).await;
    let parked = stage.ask(&plan(), None, &now).await;
    let fence = stage.start(parked).await;
    ledgerline_jobs::engine::outcome::park(&mut stage.sql, fence, "no node knows it").await.unwrap();
    let succeeded = stage.ask(&plan(), None, &now).await;
    stage.succeed(succeeded).await;
    let dead = stage.ask(&plan(), None, &now).await;
    stage.end(dead, End::Dead, "no such file").await;
    let quarantined = stage.ask(&plan(), None, &now).await;
    stage.end(quarantined, End::Quarantined, "crashed").await;
    let cancelled = stage.ask(&plan(), None, &now).await;
    control::cancel(&mut stage.sql, cancelled, "not wanted").await.unwrap();

    let overview = stage.get("overview").await;
    for (state, id) in [
        ("queued", queued),
        ("scheduled", scheduled),
        ("waiting", waiting),
        ("running", running),
        ("parked", parked),
        ("succeeded", succeeded),
        ("dead", dead),
        ("quarantined", quarantined),
        ("cancelled", cancelled),
    ] {
        for filter in ["", "kind:imports.plan", "queue:imports", "kind:imports.plan queue:imports since:1h"] {
            let list = stage.search(&format!("state:{state} {filter}")).await;
            assert_eq!(ids(&list), [id], "{state} {filter}");
            assert_eq!(list["jobs"][0]["state"], state);
            assert_eq!(list["lookedThrough"], json!(null), "{state} {filter}");
        }
        for filter in
            ["kind:maintenance.keep_house", "queue:mail", "queue:attic", "kind:imports.plan queue:mail", "before:1h"]
        {
            assert!(ids(&stage.search(&format!("state:{state} {filter}")).await).is_empty(), "{state} {filter}");
        }
        assert_eq!(overview["counts"][state]["count"], 1, "{state}");
        assert_eq!(stage.job(id).await["state"], state);
    }
    assert_eq!(ids(&stage.get("jobs").await).len(), 9);
    assert_eq!(ids(&stage.search("kind:imports.plan").await).len(), 9);
    assert_eq!(ids(&stage.search("queue:imports").await).len(), 9);
    assert_eq!(ids(&stage.search("state:dead,quarantined,running").await), [running, quarantined, dead]);
    assert_eq!(ids(&stage.search("state:cancelled state:waiting").await), [waiting, cancelled]);
}

/// Seven live jobs in several lines and seven that ended in each way, in the order of the list.
async fn fourteen(stage: &mut Stage) -> Vec<Uuid> {
    let mut live = Vec::new();
    let mut ended = Vec::new();
    for minutes in 1..=7 {
        // due a while ago, the earliest first; two queues and several priorities take part
        let run_at = Utc::now() - chrono::Duration::minutes(60 - minutes);
        let options = Options { run_at: Some(run_at), ..Options::default() };
        live.push(match minutes % 3 {
            0 => stage.ask(&KeepHouse::default(), None, &options).await,
            1 => stage.ask(&plan(), None, &options).await,
            _ => {
                let urgent = Options { priority: Some(ledgerline_jobs::Priority::Urgent), ..options };
                stage.ask(&plan(), None, &urgent).await
            }
        });
    }
    for turn in 0..7 {
        let id = stage.ask(&plan(), None, &Options::default()).await;
        match turn % 3 {
            0 => stage.end(id, End::Dead, "no such file").await,
            1 => stage.succeed(id).await,
            _ => {
                control::cancel(&mut stage.sql, id, "not wanted").await.unwrap();
            }
        }
        ended.push(id);
    }
    ended.reverse();
    [live, ended].concat()
}

#[tokio::test]
async fn pages_give_each_job_once_live_ones_first() {
    let mut stage = Stage::new().await;
    let expected = fourteen(&mut stage).await;

    for limit in [1, 3, 5, 7, 20] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = stage.get(&format!("jobs?limit={limit}{cursor}")).await;
            seen.extend(ids(&page));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, expected, "limit {limit}");
    }
    let whole = stage.get("jobs?search=state:queued&limit=2").await;
    let next = whole["nextCursor"].as_str().unwrap();
    assert_eq!(ids(&stage.get(&format!("jobs?search=state:queued&limit=2&cursor={next}")).await), expected[2..4]);
}

#[tokio::test]
async fn shows_the_jobs_of_one_workspace_with_its_name() {
    let mut stage = Stage::new().await;
    let nina = stage.app.owner("Nina").await;
    let workspace = nina.workspace_id().await;
    let theirs = stage.ask(&plan(), Some(workspace), &Options::default()).await;
    let done = stage.ask(&plan(), Some(workspace), &Options::default()).await;
    stage.succeed(done).await;
    let dead = stage.ask(&plan(), Some(workspace), &Options::default()).await;
    stage.end(dead, End::Dead, "nobody@example.com is unknown").await;
    stage.ask(&plan(), None, &Options::default()).await;

    let list = stage.search(&format!("workspace:{workspace}")).await;
    assert_eq!(ids(&list), [theirs, dead, done]);
    assert_eq!(ids(&stage.search("workspace:\"nina's\"").await), [theirs, dead, done], "by name, whatever its case");
    for job in list["jobs"].as_array().unwrap() {
        assert_eq!(job["workspaceName"], "Nina's");
    }
    assert_eq!(list["jobs"][1]["lastError"], "•••• is unknown", "personal data is masked in lists, too");
}

#[tokio::test]
async fn refuses_what_is_no_page() {
    let stage = Stage::new().await;
    let get = async |query: &str| stage.operator.get(&format!("/api/console/jobs?{query}")).await;
    for limit in ["0", "201"] {
        get(&format!("limit={limit}")).await.problem(400, "invalid_limit");
    }
    for query in ["state=dead", "surprise=1", "limit=many"] {
        get(query).await.problem(400, "invalid_query");
    }
    get("search=kind:%00").await.problem(400, "bad_characters");
    let cursor =
        |shelf: &str, at: &str| page::cursor(&json!({ "shelf": shelf, "at": at, "id": Uuid::now_v7() })).unwrap();
    for query in [
        "cursor=nonsense".to_owned(),
        format!("search=state:dead&cursor={}", cursor("live", "2026-01-01T00:00:00Z")),
        format!("search=state:queued&cursor={}", cursor("ended", "2026-01-01T00:00:00Z")),
        format!("cursor={}", cursor("live", "+262142-01-01T00:00:00Z")),
        format!("cursor={}", cursor("ended", "-200000-01-01T00:00:00Z")),
    ] {
        get(&query).await.problem(400, "invalid_cursor");
    }
}

/// From the last page to the first, each page the one that was come from.
#[tokio::test]
async fn pages_go_back_the_way_they_came() {
    let mut stage = Stage::new().await;
    let expected = fourteen(&mut stage).await;
    let dead = ids(&stage.search("state:dead").await);
    for (search, expected) in [("", expected.clone()), ("state:dead", dead), ("state:queued", expected[..7].to_vec())] {
        for limit in [1, 2, 3, 5, 7, 20] {
            let address = format!("jobs?limit={limit}&search={search}");
            let mut page = stage.get(&address).await;
            assert_eq!(page["previousCursor"], json!(null), "the first page");
            let mut pages = vec![ids(&page)];
            while let Some(next) = page["nextCursor"].as_str() {
                page = stage.get(&format!("{address}&cursor={next}")).await;
                pages.push(ids(&page));
            }
            assert_eq!(pages.concat(), expected, "limit {limit}");
            while pages.len() > 1 {
                let there = pages.pop().unwrap();
                let back = page["previousCursor"].as_str().expect("a page before");
                page = stage.get(&format!("{address}&cursor={back}")).await;
                assert_eq!(ids(&page), pages[pages.len() - 1], "limit {limit}");
                let next = page["nextCursor"].as_str().expect("a page behind");
                assert_eq!(ids(&stage.get(&format!("{address}&cursor={next}")).await), there, "limit {limit}");
            }
            assert_eq!(page["previousCursor"], json!(null), "the first page again, limit {limit}");
        }
    }
}

#[tokio::test]
async fn going_back_to_a_beginning_that_has_changed_gives_the_first_page_whole() {
    let mut stage = Stage::new().await;
    let jobs = fourteen(&mut stage).await;
    let first = stage.get("jobs?limit=5").await;
    let second = stage.get(&format!("jobs?limit=5&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!(ids(&second), jobs[5..10]);
    for id in &jobs[..2] {
        sqlx::query("delete from jobs where id = $1").bind(id).execute(&mut stage.sql).await.unwrap();
    }
    let back = stage.get(&format!("jobs?limit=5&cursor={}", second["previousCursor"].as_str().unwrap())).await;
    assert_eq!(ids(&back), jobs[2..7]);
    assert_eq!(back["previousCursor"], json!(null));

    // a page whose jobs have all gone is left both ways
    let next = back["nextCursor"].as_str().unwrap().to_owned();
    sqlx::query("delete from finished_jobs").execute(&mut stage.sql).await.unwrap();
    sqlx::query("delete from dead_jobs").execute(&mut stage.sql).await.unwrap();
    let empty = stage.get(&format!("jobs?limit=5&cursor={next}")).await;
    assert!(ids(&empty).is_empty() && empty["nextCursor"].is_null());
    let back = stage.get(&format!("jobs?limit=4&cursor={}", empty["previousCursor"].as_str().unwrap())).await;
    assert_eq!(ids(&back), jobs[3..7], "with the last job of the page before");
}

#[tokio::test]
async fn what_a_search_finds_is_counted_up_to_the_cap() {
    let mut stage = Stage::new().await;
    let jobs = fourteen(&mut stage).await;
    for (search, jobs) in [("", 14), ("state:dead", 3), ("state:queued,dead", 10), ("kind:never.heard_of", 0)] {
        assert_eq!(stage.counted(search).await, json!({ "count": jobs, "capped": false }), "{search}");
    }
    assert_eq!(stage.counted(&format!("id:{}", jobs[0])).await["count"], 1);
    assert_eq!(stage.counted(&format!("id:{}", Uuid::now_v7())).await["count"], 0);
    stage.operator.get("/api/console/jobs/count?search=state:lost").await.problem(422, "invalid_search");

    sqlx::query(
        "insert into dead_jobs (id, kind, version, queue, args, priority, run_at, max_attempts, created_at, attempt,
           epoch, state, finished_at, crashes, unique_until_started, has_waiters)
         select gen_random_uuid(), 'imports.chunk', 1, 'imports', '{}', 1, now(), 10, now(), 1, 1, 'dead', now(), 0, false, false
         from generate_series(1, 10001)",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let counted = stage.get("jobs/count?search=kind:imports.chunk").await;
    // a machine that is out of breath gives up before the cap, and says that there are more
    assert!(counted["jobs"].is_null() || counted["jobs"]["capped"] == true, "{counted}");
}

#[tokio::test]
async fn counting_gives_up_when_it_takes_long() {
    let stage = Stage::new().await;
    let mut other = stage.app.sql().await;
    let mut tx = sqlx::Connection::begin(&mut other).await.unwrap();
    sqlx::query("lock table dead_jobs in access exclusive mode").execute(&mut *tx).await.unwrap();
    let began = std::time::Instant::now();
    let counted = stage.get("jobs/count?search=state:dead").await;
    assert_eq!(counted["jobs"], json!(null));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    tx.rollback().await.unwrap();
    assert_eq!(stage.counted("state:dead").await["count"], 0);
}
