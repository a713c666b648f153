//! Row-level security on its own: statements without any WHERE clause, with the rights of a client in the portal.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use support::TestApp;
use uuid::Uuid;

use super::{Room, Side, uploaded};

#[tokio::test]
async fn a_client_reaches_one_project_and_what_was_shared_and_writes_as_a_client() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    for room in [&room, &other] {
        room.nina_says("Hello").await;
        room.nina.put(&room.at("messages/read"), &json!({ "number": 1 })).await.assert_status(204);
        for is_shared in [true, false] {
            let (file, _) = uploaded(&app, room.project, Side::Producer, is_shared).await;
            let comment = json!({ "id": Uuid::now_v7(), "body": "Listen" });
            let path = room.at(&format!("files/{file}/versions/1/comments"));
            room.nina.post(&path, &comment).await.assert_status(201);
        }
    }
    let mut conn = PgConnection::connect(&app.ledgerline().settings.database.app_url).await.unwrap();
    for (name, value) in [
        ("workspace", room.nina.workspace_id().await),
        ("portal", room.engagement.proposal_id),
        ("portal_project", room.project),
        ("portal_client", room.engagement.client_id),
    ] {
        sqlx::query("select set_config('ledgerline.' || $1, $2, false)")
            .bind(name)
            .bind(value.to_string())
            .execute(&mut conn)
            .await
            .unwrap();
    }
    for table in ["messages", "message_reads", "comments"] {
        let seen: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(format!("select project_id from {table}")))
            .fetch_all(&mut conn)
            .await
            .unwrap();
        assert_eq!(seen, [room.project], "{table}");
    }
    let (own, theirs) = (room.project, other.project);
    let message = |project: Uuid, kind: &str| {
        format!(
            "insert into messages (workspace_id, project_id, id, number, body, author_kind, author_id, created_at)
             values (current_workspace(), '{project}', gen_random_uuid(), 2, 'x', '{kind}', gen_random_uuid(), now())"
        )
    };
    let comment = |kind: &str, which: &str| {
        format!(
            "insert into comments (workspace_id, project_id, version_id, id, number, body, author_kind, author_id, created_at)
             select current_workspace(), '{own}', {which}, gen_random_uuid(), 9, 'x', '{kind}', gen_random_uuid(), now()"
        )
    };
    let shared = "(select version_id from comments limit 1)";
    let hidden: Uuid = sqlx::query_scalar("select id from file_versions where project_id = $1 and shared_at is null")
        .bind(own)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    for refused in [
        message(own, "user"),
        message(theirs, "client"),
        comment("user", shared),
        comment("client", &format!("'{hidden}'")),
        format!(
            "insert into message_reads (workspace_id, project_id, reader_kind, reader_id, number, read_at)
             values (current_workspace(), '{own}', 'user', gen_random_uuid(), 1, now())"
        ),
        "update message_reads set number = 9".to_owned(),
    ] {
        let error = sqlx::query(AssertSqlSafe(refused.clone())).execute(&mut conn).await.unwrap_err();
        assert!(error.to_string().contains("row-level security"), "{refused}: {error}");
    }
    for kept in ["update messages set body = 'x'", "delete from messages", "update comments set body = 'x'"] {
        let error = sqlx::query(kept).execute(&mut conn).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "what was said stays said: {error}");
    }
    for done in [message(own, "client"), comment("client", shared)] {
        sqlx::query(AssertSqlSafe(done)).execute(&mut conn).await.unwrap();
    }
}
