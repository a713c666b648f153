//! A database per test, cloned from a migrated template. The template is built once per schema; what crashed tests
//! left behind is dropped by a later run.

use std::{
    env,
    path::Path,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ledgerline_app::{
    database::{MIGRATIONS, migrate::migrate},
    settings::Settings,
    tokens::digest,
};
use loco_rs::environment::Environment;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;
use uuid::Uuid;

/// Databases of tests that crashed are dropped when they are older.
const STALE: Duration = Duration::from_secs(60 * 60);
const CLONES: &str = "ledgerline_test_";
const TEMPLATES: &str = "ledgerline_template_";

/// The server that tests may make databases on.
///
/// # Panics
/// When it is not given.
#[must_use]
pub fn owner_url() -> Url {
    let url = env::var("DATABASE_URL")
        .expect("set DATABASE_URL to a Postgres on which tests may make databases (bin/test starts one)");
    Url::parse(&url).expect("DATABASE_URL is an address")
}

/// The Redis that tests may use; each stays in its own namespace.
///
/// # Panics
/// When it is not given.
#[must_use]
pub fn redis_url() -> String {
    env::var("REDIS_URL").expect("set REDIS_URL to a Redis that tests may use (bin/test starts one)")
}

/// One test's database; dropped with it.
#[derive(Debug)]
pub struct TestDatabase {
    /// Address for the owner.
    pub url: String,
    name: String,
    /// Whether the owner is a role of the same name, which goes with it.
    has_role: bool,
}

impl TestDatabase {
    /// A new one with the present schema.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn create() -> Self {
        let mut admin = administrator().await;
        let template = template(&mut admin).await;
        let name = new_name();
        execute(&mut admin, &format!("create database {name} template {template}")).await;
        admin.close().await.ok();
        Self { url: at(&name), name, has_role: false }
    }

    /// One without tables, whose owner is no superuser: may make roles, as docs/OPERATIONS.md asks for, and is bound by
    /// row-level security.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn of_plain_owner() -> Self {
        let mut admin = administrator().await;
        // makes the group roles of the cluster when they are not there
        template(&mut admin).await;
        let name = new_name();
        execute(&mut admin, &format!("create role {name} login createrole password '{name}'")).await;
        for group in ["app", "engine", "platform", "auth", "search"] {
            execute(&mut admin, &format!("grant ledgerline_{group} to {name} with admin option")).await;
        }
        execute(&mut admin, &format!("create database {name} owner {name}")).await;
        admin.close().await.ok();
        let mut url = Url::parse(&at(&name)).expect("an address");
        url.set_username(&name).and_then(|()| url.set_password(Some(&name))).expect("an address with a name");
        Self { url: url.into(), name, has_role: true }
    }

    /// A connection as a superuser, whoever the owner is.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn superuser(&self) -> PgConnection {
        PgConnection::connect(&at(&self.name)).await.expect("the test's database answers")
    }

    /// A connection as the owner, whom row-level security does not bind when it is a superuser.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("the test's database answers")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (name, has_role) = (self.name.clone(), self.has_role);
        // dropping is synchronous, and may happen inside a runtime
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = administrator().await;
                execute(&mut admin, &format!("drop database if exists {name} with (force)")).await;
                if has_role {
                    execute(&mut admin, &format!("drop role {name}")).await;
                }
            });
        });
        if dropping.join().is_err() && !thread::panicking() {
            panic!("the database {} could not be dropped", self.name);
        }
    }
}

/// The settings of the test environment for one database.
///
/// # Panics
/// When config/test.yaml is wrong.
pub(crate) fn config(overrides: &serde_json::Value) -> loco_rs::config::Config {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config");
    let mut config = Environment::Test.load_from_folder(&folder).expect("config/test.yaml is complete");
    let settings = config.settings.get_or_insert_default();
    merge(settings, overrides);
    config
}

fn merge(base: &mut serde_json::Value, over: &serde_json::Value) {
    match (base, over) {
        (serde_json::Value::Object(base), serde_json::Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

fn at(database: &str) -> String {
    let mut url = owner_url();
    url.set_path(database);
    url.into()
}

fn new_name() -> String {
    format!("{CLONES}{}_{}", now().as_secs(), &Uuid::new_v4().simple().to_string()[..12])
}

async fn administrator() -> PgConnection {
    PgConnection::connect(&at("postgres")).await.expect("the Postgres of DATABASE_URL answers")
}

async fn execute(conn: &mut PgConnection, statement: &str) {
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .execute(conn)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The name of the template for the present schema, which is built when it is not there.
async fn template(admin: &mut PgConnection) -> String {
    // the login roles belong to the server: another checkout's template knows other ones
    let roles = config(&serde_json::json!({})).settings.map(|settings| settings["database"]["role_suffix"].to_string());
    let mut parts = vec![roles.unwrap_or_default()];
    for migration in MIGRATIONS.iter() {
        parts.push(format!("{}{:?}", migration.version, migration.checksum));
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let hash: String = digest(&parts).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{TEMPLATES}{hash}");
    if exists(admin, &name).await {
        return name;
    }
    // one builds, the others wait
    sqlx::query("select pg_advisory_lock(hashtext('ledgerline test template'))")
        .execute(&mut *admin)
        .await
        .expect("a lock");
    if !exists(admin, &name).await {
        drop_stale(admin).await;
        let building = format!("{name}_building");
        execute(admin, &format!("drop database if exists {building} with (force)")).await;
        execute(admin, &format!("create database {building}")).await;
        let overrides =
            serde_json::json!({ "database": { "owner_url": at(&building) }, "redis": { "url": redis_url() } });
        let settings = Settings::of(&config(&overrides), &Environment::Test).expect("the test's settings are complete");
        migrate(&settings).await.expect("the schema can be made");
        execute(admin, &format!("comment on database {building} is '{}'", now().as_secs())).await;
        execute(admin, &format!("alter database {building} rename to {name}")).await;
    }
    sqlx::query("select pg_advisory_unlock(hashtext('ledgerline test template'))")
        .execute(admin)
        .await
        .expect("the lock");
    name
}

async fn exists(admin: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(admin)
        .await
        .expect("the list of databases")
}

/// Drops what crashed runs left behind: clones after an hour, templates of other schemas after a week.
async fn drop_stale(admin: &mut PgConnection) {
    let found: Vec<(String, Option<String>)> = sqlx::query_as(
        "select datname::text, shobj_description(oid, 'pg_database') from pg_database where datname like 'ledgerline\\_te%'",
    )
    .fetch_all(&mut *admin)
    .await
    .expect("the list of databases");
    for (name, comment) in found {
        let made = match name.strip_prefix(CLONES) {
            Some(rest) => {
                rest.split('_').next().and_then(|seconds| seconds.parse().ok()).map(|made: u64| (made, STALE))
            }
            None => comment.and_then(|comment| comment.parse().ok()).map(|made| (made, STALE * 24 * 7)),
        };
        if made.is_some_and(|(made, age)| now() > Duration::from_secs(made) + age) {
            // another run may be dropping it at the same moment
            let statement = AssertSqlSafe(format!("drop database if exists {name} with (force)"));
            sqlx::query(statement).execute(&mut *admin).await.ok();
            let statement = AssertSqlSafe(format!("drop role if exists {name}"));
            sqlx::query(statement).execute(&mut *admin).await.ok();
        }
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970")
}
