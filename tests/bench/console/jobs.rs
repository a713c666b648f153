//! What an operator may look for among jobs: every tab, every key of a search, and what goes together; with much to
//! find, little and nothing.

use sqlx::PgConnection;

use crate::contest::Failure;

const STATES: [&str; 9] =
    ["dead", "quarantined", "running", "queued", "scheduled", "waiting", "parked", "succeeded", "cancelled"];

/// A search, and which figure of the report it counts for.
pub(super) struct Search {
    pub(super) group: String,
    pub(super) text: String,
}

impl Search {
    /// Its address.
    pub(super) fn path(&self) -> String {
        let search: String = url::form_urlencoded::byte_serialize(self.text.as_bytes()).collect();
        format!("/api/console/jobs?search={search}")
    }
}

/// All of them, about what is in the database.
pub(super) async fn searches(owner: &mut PgConnection) -> Result<Vec<Search>, Failure> {
    let mut of = async |query: &'static str| sqlx::query_scalar::<_, String>(query).fetch_one(&mut *owner).await;
    let studio = of("select workspace_id::text from finished_jobs order by finished_at desc limit 1").await?;
    let idle = of("select id::text from workspaces where name = 'operator'").await?;
    let batch = of("select batch_id::text from jobs where batch_id is not null order by run_at limit 1").await?;
    let import = of("select args->>'import_id' from finished_jobs where kind = 'imports.plan' limit 1").await?;
    let fingerprint = of("select fingerprint from dead_jobs group by 1 order by count(*) desc limit 1").await?;
    let dead = of("select id::text from dead_jobs order by finished_at limit 1").await?;
    let finished = of("select id::text from finished_jobs order by finished_at limit 1").await?;

    let mut searches = Vec::new();
    for tab in STATES {
        searches.push(Search { group: format!("jobs {tab}"), text: format!("state:{tab}") });
    }
    let narrowed = [
        ("kind", "kind:imports.chunk".to_owned()),
        ("kind", "kind:maintenance.keep_house".to_owned()),
        ("kind", "kind:never.heard_of".to_owned()),
        ("queue", "queue:mail".to_owned()),
        ("queue", "queue:never".to_owned()),
        ("workspace", format!("workspace:{studio}")),
        ("workspace", format!("workspace:{idle}")),
        ("node", "node:worker-3".to_owned()),
        ("batch", format!("batch:{batch}")),
        ("argument", format!("args.import_id:{import}")),
        ("error", "error:\"connection refused\"".to_owned()),
        ("error", "error:\"never seen\"".to_owned()),
        ("fingerprint", format!("fingerprint:{fingerprint}")),
        ("time", "since:2h".to_owned()),
        ("time", "before:10d".to_owned()),
        ("several", format!("kind:accounts.send_password_reset workspace:{studio}")),
        ("several", format!("kind:imports.chunk fingerprint:{fingerprint}")),
        ("several", format!("queue:imports workspace:{idle} error:refused since:7d")),
    ];
    for (key, narrow) in narrowed {
        let group = format!("jobs by {key}");
        searches.push(Search { group: group.clone(), text: narrow.clone() });
        searches
            .extend(STATES.iter().map(|tab| Search { group: group.clone(), text: format!("state:{tab} {narrow}") }));
    }
    searches.push(Search { group: "jobs by workspace".to_owned(), text: "workspace:\"Studio 7\"".to_owned() });
    let unknown = "0190f000-0000-7000-8000-000000000000".to_owned();
    searches.extend([dead, finished, unknown].map(|text| Search { group: "jobs by id".to_owned(), text }));
    Ok(searches)
}
