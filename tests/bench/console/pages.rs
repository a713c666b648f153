//! Each page of the console: every route that reads, as the document of the API lists them, with something to read
//! about; and what can be chosen on it.

use reqwest::Method;
use sqlx::{AssertSqlSafe, PgConnection};
use support::Browser;

use crate::{contest::Failure, product::expect};

const PREFIX: &str = "/api/console/";

/// Something an operator opens.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) path: String,
}

/// What a bulk action is asked about.
pub(super) struct Preview {
    pub(super) name: &'static str,
    pub(super) search: &'static str,
}

/// A thousand jobs or so as an operator has them after an evil night, and all that ever died of the most frequent kind.
pub(super) const PREVIEWS: [Preview; 2] = [
    Preview { name: "bulk preview", search: "state:dead kind:accounts.send_password_reset" },
    Preview { name: "bulk preview of many", search: "state:dead kind:imports.chunk" },
];

/// What a route is asked about: a name, and the query that finds its id.
const SUBJECTS: [(&str, &[(&str, &str)]); 4] = [
    (
        "jobs",
        &[
            ("dead", "select id::text from dead_jobs order by finished_at limit 1"),
            ("queued", "select id::text from jobs where state = 'scheduled' order by run_at desc limit 1"),
            ("waiting", "select id::text from jobs where state = 'waiting' limit 1"),
            ("finished", "select id::text from finished_jobs order by finished_at limit 1"),
            (
                "parent",
                "select parent_id::text from finished_jobs where parent_id is not null order by finished_at desc limit 1",
            ),
        ],
    ),
    ("batches", &[("", "select id::text from batches order by created_at limit 1")]),
    ("nodes", &[("", "select id::text from nodes order by started_at limit 1")]),
    ("schedules", &[("", "select name from schedules order by name limit 1")]),
];

/// What can be chosen.
const CHOICES: [&str; 18] = [
    "history?range=hour",
    "history?range=day",
    "history?range=week",
    "failures?search=state:dead+kind:imports.chunk",
    "batches?state=open",
    "batches?state=sealed",
    "batches?state=done",
    "batches?state=cancelled",
    "nodes?gone=true",
    "audit?scope=operators",
    "audit?scope=everybody",
    "audit?scope=everybody&action=console.pause_queue",
    "audit?scope=operators&action=never.done",
    "audit?scope=everybody&actorId=00000000-0000-7000-8000-000000000000",
    "audit?scope=everybody&subject=imports",
    "audit?scope=everybody&until=2020-01-01T00:00:00Z",
    "audit?scope=everybody&since=2020-01-01T00:00:00Z&action=clients.create",
    "audit?scope=operators&subject=never",
];

/// All of them. A bulk action is kept first, so that there is one to look at.
pub(super) async fn pages(browser: &Browser, owner: &mut PgConnection) -> Result<Vec<Page>, Failure> {
    let wanted = serde_json::json!({ "verb": "retry", "search": PREVIEWS[0].search });
    let bulk = expect(browser, Method::POST, "/api/console/bulk-actions", Some(&wanted)).await?;
    let bulk = bulk["id"].as_str().ok_or("a bulk action has an id")?;
    let document = expect(browser, Method::GET, "/api/openapi.json", None).await?;
    let paths = document["paths"].as_object().ok_or("the API's document has paths")?;
    let mut pages = Vec::new();
    for (path, item) in paths {
        let Some(name) = path.strip_prefix(PREFIX) else { continue };
        if item["get"]["responses"]["200"]["content"].get("application/json").is_none() {
            continue;
        }
        let Some((start, end)) = path.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?.1)))
        else {
            pages.push(Page { name: name.to_owned(), path: path.clone() });
            continue;
        };
        let slice = name.split('/').next().unwrap_or_default();
        if slice == "bulk-actions" {
            pages.push(Page { name: name.to_owned(), path: format!("{start}{bulk}{end}") });
            continue;
        }
        let (_, subjects) = SUBJECTS
            .iter()
            .find(|(subject, _)| *subject == slice)
            .ok_or_else(|| format!("{path} needs something to be asked about"))?;
        for (kind, query) in *subjects {
            let id: String = sqlx::query_scalar(AssertSqlSafe((*query).to_owned())).fetch_one(&mut *owner).await?;
            pages.push(Page { name: format!("{name} {kind}").trim().to_owned(), path: format!("{start}{id}{end}") });
        }
    }
    pages.extend(CHOICES.map(|choice| Page { name: choice.to_owned(), path: format!("{PREFIX}{choice}") }));
    Ok(pages)
}
