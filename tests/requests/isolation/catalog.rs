//! What the database itself promises about workspaces, read from its catalog.

use std::collections::BTreeSet;

use support::TestDatabase;

const GLOBAL_TABLES: &str = include_str!("../../../migrations/global_tables.toml");

/// Names and reasons in migrations/global_tables.toml.
fn listed() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut lines = GLOBAL_TABLES.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    while let Some(header) = lines.next() {
        let name =
            header.strip_prefix('[').and_then(|name| name.strip_suffix(']')).expect("a table's name in brackets");
        let reason = lines.next().expect("a reason");
        assert!(reason.starts_with("reason = \"") && reason.len() > 30, "{name} needs a reason: {reason}");
        assert!(names.insert(name.to_owned()), "{name} is listed twice");
    }
    names
}

#[tokio::test]
async fn every_table_is_behind_forced_row_level_security_or_listed_with_a_reason() {
    let database = TestDatabase::create().await;
    let open: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
           and c.relname <> '_sqlx_migrations' and not (c.relrowsecurity and c.relforcerowsecurity)
         order by 1",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(open.into_iter().collect::<BTreeSet<_>>(), listed());
}

#[tokio::test]
async fn every_policy_of_the_apps_role_is_about_the_workspace() {
    let database = TestDatabase::create().await;
    let odd: Vec<String> = sqlx::query_scalar(
        "select tablename || '.' || policyname from pg_policies
         where schemaname = 'public' and roles && array['ledgerline_app', 'public']::name[]
           -- what is restrictive only takes away from what others show
           and permissive = 'PERMISSIVE'
           -- a request sees the jobs without a workspace that it asked for itself
           and (tablename, policyname) <> ('jobs', 'account_asks')
           and coalesce(qual, 'current_workspace()') || coalesce(with_check, 'current_workspace()') not like '%current_workspace()%current_workspace()%'",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(odd, Vec::<String>::new());
}

#[tokio::test]
async fn tenant_tables_have_a_unique_key_with_the_workspace() {
    let database = TestDatabase::create().await;
    let without: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity and not c.relispartition
           -- the engine's own tables are not the target of tenants' foreign keys
           and c.relname not in ('jobs', 'dead_jobs', 'finished_jobs', 'batches', 'effects')
           and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')
           and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'id')
           and not exists (
             select from pg_constraint k where k.conrelid = c.oid and k.contype in ('u', 'p')
               -- items of a plan are known within its version
               and k.conkey @> array[
                 (select attnum from pg_attribute where attrelid = c.oid and attname = 'workspace_id'),
                 (select attnum from pg_attribute where attrelid = c.oid and attname = 'id')])",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(without, Vec::<String>::new());
}

#[tokio::test]
async fn foreign_keys_between_tenant_tables_carry_the_workspace() {
    let database = TestDatabase::create().await;
    let plain: Vec<String> = sqlx::query_scalar(
        "with tenant as (
           select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
             and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id'))
         select k.conrelid::regclass || '.' || k.conname from pg_constraint k
         where k.contype = 'f' and k.conrelid in (select oid from tenant) and k.confrelid in (select oid from tenant)
           and not exists (
             select from unnest(k.conkey, k.confkey) as pair (own, other)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.own and a.attname = 'workspace_id'
               join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.other and b.attname = 'workspace_id')",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(plain, Vec::<String>::new());
}

#[tokio::test]
async fn no_login_role_reads_secrets() {
    let database = TestDatabase::create().await;
    let readable: Vec<String> = sqlx::query_scalar(
        "select r || ' ' || t from unnest(array['ledgerline_app', 'ledgerline_engine', 'ledgerline_platform']) r,
           unnest(array['users', 'sessions', 'password_resets', 'invitation_tokens', 'attempts', 'operators',
             'portal_tokens', 'portal_sessions', 'portal_codes', 'portal_account_codes', 'client_accounts']) t
         where has_table_privilege(r, t, 'select') or has_table_privilege(r, t, 'insert')
           or has_table_privilege(r, t, 'update') or has_table_privilege(r, t, 'delete')
           or has_any_column_privilege(r, t, 'select')",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(readable, Vec::<String>::new());

    let loose: Vec<String> = sqlx::query_scalar(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'auth'::regnamespace
         and (not p.prosecdef or p.proowner::regrole::text <> 'ledgerline_auth'
           or not coalesce(p.proconfig::text like '%search_path=public, pg_temp%', false)
           or has_function_privilege('ledgerline_platform', p.oid, 'execute'))",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(loose, Vec::<String>::new(), "functions of `auth` are narrow, pinned and owned by ledgerline_auth");

    let beyond: Vec<String> = sqlx::query_scalar(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'search'::regnamespace and p.prosecdef
         and (p.proowner::regrole::text <> 'ledgerline_search'
           or not coalesce(p.proconfig::text like '%search_path=public, pg_temp%', false)
           or has_function_privilege('public', p.oid, 'execute')
           or has_function_privilege('ledgerline_platform', p.oid, 'execute'))
         union all
         select 'writes ' || t::text from unnest(array['clients']) t
         where has_table_privilege('ledgerline_search', t, 'insert, update, delete, truncate')
           or has_any_column_privilege('ledgerline_search', t, 'insert, update')
           or has_column_privilege('ledgerline_search', t, 'notes', 'select')",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(beyond, Vec::<String>::new(), "what searches past the policy is pinned and reads only what it searches");

    let too_much: Vec<String> = sqlx::query_scalar(
        "select p.proname::text from pg_proc p where p.pronamespace = 'auth'::regnamespace
         and p.proname ~ '^mint|imports' and has_function_privilege('ledgerline_app', p.oid, 'execute')",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(
        too_much,
        Vec::<String>::new(),
        "a request never mints a token that is mailed, nor learns of imports of all workspaces"
    );
}

#[tokio::test]
async fn what_is_logged_is_never_changed() {
    let database = TestDatabase::create().await;
    let changeable: Vec<String> = sqlx::query_scalar(
        "select r || ' ' || t from unnest(array['ledgerline_app', 'ledgerline_engine', 'ledgerline_platform']) r,
           unnest(array['audit_log', 'events']) t
         where has_table_privilege(r, t, 'update') or has_table_privilege(r, t, 'delete') or has_table_privilege(r, t, 'truncate')",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(changeable, Vec::<String>::new());
}

/// Deleting a row looks for rows that refer to it: without an index that reads their whole table, for each row.
#[tokio::test]
async fn foreign_keys_to_what_is_deleted_have_an_index() {
    let database = TestDatabase::create().await;
    let without: Vec<String> = sqlx::query_scalar(
        "select k.conrelid::regclass || '.' || k.conname from pg_constraint k
         where k.contype = 'f' and k.confrelid = any(
             select c.oid from pg_class c, unnest(array['ledgerline_app', 'ledgerline_engine', 'ledgerline_platform']) r
             where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity
               and has_table_privilege(r, c.oid, 'delete'))
           and not exists (
             select from pg_index i where i.indrelid = k.conrelid and i.indisvalid
               and (i.indpred is null or (cardinality(k.conkey) = 2
                 and pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)',
                   (select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[2]))))
               and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
         order by 1",
    )
    .fetch_all(&mut database.owner().await)
    .await
    .unwrap();
    assert_eq!(without, Vec::<String>::new());
}
