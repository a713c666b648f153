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

#[tokio::test]
async fn pages_give_each_job_once_live_ones_first() {
    let mut stage = Stage::new().await;
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
    let expected = [live, ended].concat();

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
