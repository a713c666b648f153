//! Row-level security on its own: queries without any WHERE clause see the rows of one workspace.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use support::TestApp;
use uuid::Uuid;

async fn as_app(app: &TestApp) -> PgConnection {
    PgConnection::connect(&app.ledgerline().settings.database.app_url).await.unwrap()
}

async fn enter(conn: &mut PgConnection, workspace: Uuid) {
    sqlx::query("select set_config('ledgerline.workspace', $1, false)")
        .bind(workspace.to_string())
        .execute(conn)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_query_without_where_shows_one_workspace() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    for (browser, name) in [(&nina, "of Nina"), (&otto, "of Otto")] {
        browser.post("/api/clients", &json!({ "name": name })).await.assert_status(201);
        browser
            .post("/api/invitations", &json!({ "email": "x@example.com", "role": "member" }))
            .await
            .assert_status(201);
    }
    let (a, b) = (nina.workspace_id().await, otto.workspace_id().await);
    let tenant_tables: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, case when c.relname = 'workspaces' then 'id' else 'workspace_id' end
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity and c.relkind in ('r', 'p')
           and not c.relispartition and has_table_privilege('ledgerline_app', c.oid, 'select')",
    )
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap();
    assert!(tenant_tables.len() >= 6, "{tenant_tables:?}");

    let mut conn = as_app(&app).await;
    for (table, column) in tenant_tables {
        let seen = format!("select distinct {column} from {table} where {column} is not null");
        enter(&mut conn, a).await;
        let mine: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(seen.clone())).fetch_all(&mut conn).await.unwrap();
        assert!(!mine.contains(&b), "{table} shows another workspace's rows");
        if matches!(table.as_str(), "clients" | "members" | "workspaces" | "invitations" | "events" | "audit_log") {
            assert_eq!(mine, [a], "{table}");
        }
        sqlx::query("select set_config('ledgerline.workspace', '', false)").execute(&mut conn).await.unwrap();
        let outside: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(seen)).fetch_all(&mut conn).await.unwrap();
        assert!(outside.is_empty(), "{table} shows rows outside of any workspace");
    }
}

#[tokio::test]
async fn rows_of_another_workspace_cannot_be_written() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let theirs = otto.post("/api/clients", &json!({ "name": "Theirs" })).await.expect(201);
    let mine = nina.post("/api/clients", &json!({ "name": "Mine" })).await.expect(201);
    let (a, b) = (nina.workspace_id().await, otto.workspace_id().await);
    let mut conn = as_app(&app).await;
    enter(&mut conn, a).await;
    let changed = sqlx::query("update clients set name = 'changed'").execute(&mut conn).await.unwrap();
    assert_eq!(changed.rows_affected(), 1, "only {}", mine["id"]);
    let insert = "insert into clients (id, workspace_id, name, created_at, updated_at) values (gen_random_uuid(), $1, 'x', now(), now())";
    let refused = sqlx::query(insert).bind(b).execute(&mut conn).await.unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
    let moved = sqlx::query("update clients set workspace_id = $1").bind(b).execute(&mut conn).await.unwrap_err();
    assert!(moved.to_string().contains("row-level security"), "{moved}");
    let still: String = sqlx::query_scalar("select name::text from clients where id = $1::text::uuid")
        .bind(theirs["id"].as_str().unwrap())
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(still, "Theirs");
}

#[tokio::test]
async fn a_transactions_workspace_ends_with_it() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    nina.post("/api/clients", &json!({ "name": "Mine" })).await.assert_status(201);
    // every connection of the pool has served a workspace by now
    for _ in 0..20 {
        nina.get("/api/clients").await.assert_status(200);
    }
    let pool = &app.ledgerline().databases.app;
    let mut connections = Vec::new();
    while let Some(connection) = pool.try_acquire() {
        connections.push(connection);
    }
    assert!(!connections.is_empty());
    for connection in &mut connections {
        let seen: i64 = sqlx::query_scalar("select count(*) from clients").fetch_one(&mut **connection).await.unwrap();
        assert_eq!(seen, 0);
    }
}
