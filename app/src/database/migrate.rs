//! `ledgerline db migrate`: the schema, and the login roles that the settings name.

use std::str::FromStr;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, migrate::MigrateError, postgres::PgConnectOptions,
};
use url::Url;

use super::MIGRATIONS;
use crate::settings::{Settings, SettingsError};

/// Connects as the owner. Statements are never logged: some hold passwords.
///
/// # Errors
/// One sentence when the owner cannot log in.
pub async fn connect_owner(settings: &Settings) -> Result<PgConnection, SettingsError> {
    let owner_url = settings.owner_url()?;
    PgConnectOptions::from_str(owner_url)
        .map_err(|_| SettingsError::new("DATABASE_URL is not a Postgres address."))?
        .application_name("ledgerline-owner")
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|error| {
            SettingsError::new(format!(
                "The owner cannot log in to the database of DATABASE_URL: {error}. Check that Postgres runs, that the database exists and that the password is right."
            ))
        })
}

/// Brings the schema up to date and makes the login roles. Running it twice, or twice at once, changes nothing.
///
/// # Errors
/// One sentence about what is missing.
pub async fn migrate(settings: &Settings) -> Result<(), SettingsError> {
    let mut owner = connect_owner(settings).await?;
    bring_up(&mut owner, None).await.map_err(|error| {
        let advice = match &error {
            MigrateError::VersionMismatch(_) | MigrateError::VersionMissing(_) => {
                "A migration that was applied differs from this release's: use the release that applied it, or a new database"
            }
            _ => "The role in DATABASE_URL must own the database and be a superuser or have CREATEROLE",
        };
        SettingsError::new(format!("The schema could not be brought up to date: {error}. {advice}."))
    })?;
    for (role, url) in [
        ("app", &settings.database.app_url),
        ("engine", &settings.database.engine_url),
        ("platform", &settings.database.platform_url),
    ] {
        make_login(&mut owner, role, url).await?;
    }
    // readiness compares what is applied with what this release knows
    for group in ["ledgerline_app", "ledgerline_engine", "ledgerline_platform"] {
        sqlx::query(AssertSqlSafe(format!("grant select on _sqlx_migrations to {group}")))
            .execute(&mut owner)
            .await
            .map_err(|error| SettingsError::new(format!("Rights on _sqlx_migrations cannot be given: {error}.")))?;
    }
    owner.close().await.ok();
    Ok(())
}

/// Applies migrations, up to one when it is given.
///
/// # Errors
/// When one fails; those before it stay applied.
pub async fn bring_up(owner: &mut PgConnection, to: Option<i64>) -> Result<(), MigrateError> {
    // makes the groups
    MIGRATIONS.run_direct(Some(1), owner, false).await?;
    // A later one gives a table to the engine's group, which then has to be able to make some in its schema, unless a
    // superuser does so.
    let lends = sqlx::query_scalar!(
        r#"select not rolsuper and to_regclass('finished_jobs') is null as "lends!"
           from pg_roles where rolname = current_user"#
    )
    .fetch_one(&mut *owner)
    .await?;
    if lends {
        sqlx::query("grant create on schema public to ledgerline_engine").execute(&mut *owner).await?;
    }
    let applied = MIGRATIONS.run_direct(to, owner, false).await;
    if lends {
        sqlx::query("revoke create on schema public from ledgerline_engine").execute(&mut *owner).await?;
    }
    applied
}

async fn make_login(owner: &mut PgConnection, role: &str, url: &str) -> Result<(), SettingsError> {
    let url = Url::parse(url).map_err(|_| SettingsError::new(format!("`database.{role}_url` is not an address.")))?;
    let login = decoded(url.username());
    let password = decoded(url.password().unwrap_or_default());
    let refused = |error: sqlx::Error| {
        SettingsError::new(format!(
            "The login role `{login}` for `database.{role}_url` could not be made: {error}. The role in DATABASE_URL needs CREATEROLE; or create `{login}` by hand and `grant ledgerline_{role} to {login}`."
        ))
    };
    let state = sqlx::query!(
        r#"select
             coalesce((select rolcanlogin and not rolsuper and not rolbypassrls from pg_roles where rolname = $1), false) as "usable!",
             coalesce((select pg_has_role(oid, 'ledgerline_' || $2, 'member') from pg_roles where rolname = $1), false) as "member!",
             exists (select from pg_roles where rolname = $1) as "exists!",
             (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as "may_create!",
             format('create role %I login', $1) as "create!",
             format('alter role %I login password %L', $1, $3::text) as "set_password!",
             format('grant %I to %I', 'ledgerline_' || $2, $1) as "join!",
             format('grant connect on database %I to %I', current_database(), $1) as "connect!""#,
        login,
        role,
        password,
    )
    .fetch_one(&mut *owner)
    .await
    .map_err(refused)?;
    if state.exists && !state.usable {
        return Err(SettingsError::new(format!(
            "The role `{login}` of `database.{role}_url` cannot log in, or row-level security does not bind it; name a login role without SUPERUSER and BYPASSRLS."
        )));
    }
    if state.exists && state.member && !state.may_create {
        return Ok(()); // made by hand, as the sentence above offers
    }
    let mut statements = Vec::new();
    if !state.exists {
        statements.push(state.create);
    }
    if !password.is_empty() {
        statements.push(state.set_password);
    }
    if !state.member {
        statements.push(state.join);
    }
    statements.push(state.connect);
    for statement in statements {
        execute_shared(owner, &statement).await.map_err(refused)?;
    }
    Ok(())
}

/// Roles belong to the whole server, so another checkout may change the same row at the same moment.
async fn execute_shared(owner: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    let mut tries = 0;
    loop {
        match sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *owner).await {
            Ok(_) => return Ok(()),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42710") => return Ok(()),
            Err(sqlx::Error::Database(error))
                if tries < 20
                    && (error.message().contains("concurrently") || error.code().as_deref() == Some("23505")) =>
            {
                tries += 1;
                tokio::time::sleep(std::time::Duration::from_millis(20 * tries)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

fn decoded(part: &str) -> String {
    url::form_urlencoded::parse(format!("v={}", part.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
