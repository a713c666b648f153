//! The owner of the database may be no superuser. Row-level security is forced, so it binds that owner too, also in
//! migrations that change rows.

use ledgerline_app::database::migrate::bring_up;
use support::TestDatabase;

#[tokio::test]
async fn a_database_with_clients_is_migrated_by_an_owner_who_is_no_superuser() {
    let database = TestDatabase::of_plain_owner().await;
    let mut owner = database.owner().await;
    bring_up(&mut owner, Some(34)).await.unwrap();
    let mut superuser = database.superuser().await;
    sqlx::raw_sql(
        "insert into workspaces (id, name, created_at, updated_at)
           values ('018f0000-0000-7000-8000-000000000001', 'Kite', now(), now());
         insert into clients (id, workspace_id, name, phone, created_at, updated_at)
           select gen_random_uuid(), '018f0000-0000-7000-8000-000000000001', 'n', phone, now(), now()
           from unnest(array['+49 30 1234567', '030 1234567', null]) as phone",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    bring_up(&mut owner, None).await.unwrap();
    let keys: Vec<(Option<String>, Option<String>)> =
        sqlx::query_as("select phone, phone_e164 from clients order by phone").fetch_all(&mut superuser).await.unwrap();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(keys, [(text("+49 30 1234567"), text("+49301234567")), (text("030 1234567"), None), (None, None)]);
    let (forced, lent): (bool, bool) = sqlx::query_as(
        "select relforcerowsecurity, has_schema_privilege('ledgerline_engine', 'public', 'create')
         from pg_class where oid = 'clients'::regclass",
    )
    .fetch_one(&mut superuser)
    .await
    .unwrap();
    assert!(forced, "it binds the owner as before");
    assert!(!lent, "the engine makes no tables among those of workspaces");
}
