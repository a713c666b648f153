use ledgerline_jobs::{Options, engine::claim::claim, imports::ImportChunk};
use sqlx::Connection as _;
use uuid::Uuid;

use super::Stage;

/// Claiming is what the engine does most: it must not touch the console's indexes.
#[tokio::test]
async fn claiming_stays_within_its_page() {
    let mut stage = Stage::new().await;
    let parent = Uuid::now_v7();
    sqlx::query("select set_config('ledgerline.job', $1, false)")
        .bind(parent.to_string())
        .execute(&mut stage.sql)
        .await
        .unwrap();
    let mut ids = Vec::new();
    for chunk in 0..20 {
        let job = ImportChunk { import_id: Uuid::now_v7(), chunk };
        ids.push(stage.ask(&job, None, &Options::default()).await);
    }
    let node = stage.node().await;
    let mut tx = stage.sql.begin().await.unwrap();
    assert_eq!(claim(&mut tx, node, &ids, 7, false).await.unwrap().len(), 20);
    let (updated, hot): (i64, i64) = sqlx::query_as(
        "select pg_stat_get_xact_tuples_updated('jobs'::regclass), pg_stat_get_xact_tuples_hot_updated('jobs'::regclass)",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert_eq!((updated, hot), (20, 20));
}
