use ledgerline_jobs::{
    NewJob, Options,
    engine::{control, outcome::End},
    imports::{ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use support::Answer;
use uuid::Uuid;

use super::{Stage, operator};

impl Stage {
    async fn edit(&self, id: Uuid, args: Value) -> Answer {
        self.operator.post(&format!("/api/console/jobs/{id}/edit"), &json!({ "args": args })).await
    }
}

#[tokio::test]
async fn a_dead_job_is_asked_for_again_with_other_arguments_and_both_name_each_other() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    let import_id = Uuid::now_v7();
    let id = stage.ask(&ImportChunk { import_id, chunk: 3 }, Some(workspace), &Options::default()).await;
    stage.end(id, End::Dead, "no such chunk").await;
    assert_eq!(stage.job(id).await["noEdit"], Value::Null);

    let copy = stage.edit(id, json!({ "import_id": import_id, "chunk": 4 })).await.expect(200);
    let copy_id: Uuid = copy["id"].as_str().unwrap().parse().unwrap();
    assert_eq!((&copy["state"], &copy["attempt"], &copy["args"]["chunk"]), (&json!("queued"), &json!(0), &json!(4)));
    assert_eq!(copy["workspaceId"], json!(workspace));
    assert_eq!(copy["copyOf"]["id"], json!(id));
    assert_eq!((&copy["askedBy"]["by"], &copy["askedBy"]["job"]["id"]), (&json!("copy"), &json!(id)));
    let original = stage.job(id).await;
    assert_eq!(original["copies"][0]["id"], json!(copy_id));
    assert_eq!((&original["state"], &original["decided"]), (&json!("dead"), &json!(true)));
    assert_eq!(original["args"]["chunk"], 3, "the original is as it was");

    let audit = stage.audit().await;
    let data = json!({ "kind": "imports.chunk", "was": "dead", "copy": copy_id, "changed": ["chunk"] });
    assert_eq!(audit, [("console.edit_job".to_owned(), Some(id), Some(workspace), data)]);
    stage.edit(id, json!({ "import_id": import_id, "chunk": 5 })).await.problem(409, "cannot_edit");
}

#[tokio::test]
async fn wrong_arguments_say_where_they_are_wrong() {
    let mut stage = Stage::new().await;
    let import_id = Uuid::now_v7();
    let id = stage.ask(&ImportChunk { import_id, chunk: 3 }, None, &Options::default()).await;
    stage.end(id, End::Dead, "no such chunk").await;
    for (args, field, said) in [
        (json!({ "import_id": import_id, "chunk": "four" }), "args.chunk", "args.chunk: invalid type: string"),
        (json!({ "import_id": import_id }), "args", "The arguments: missing field `chunk`."),
        (
            json!({ "import_id": import_id, "chunk": 4, "chunks": 5 }),
            "args.chunks",
            "args.chunks: there is no such field.",
        ),
        (json!({ "import_id": "••••", "chunk": 4 }), "args.import_id", "•••• stands where nothing was masked"),
    ] {
        let answer = stage.edit(id, args).await;
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{problem}");
    }
    assert_eq!(stage.job(id).await["decided"], false);
    assert!(stage.audit().await.is_empty());
}

#[tokio::test]
async fn only_ended_jobs_that_this_release_can_check_are_edited() {
    let mut stage = Stage::new().await;
    let args = |import_id: Uuid| json!({ "import_id": import_id });
    let plan = PlanImport { import_id: Uuid::now_v7() };
    let queued = stage.ask(&plan, None, &Options::default()).await;
    let done = stage.ask(&ImportChunk { import_id: Uuid::now_v7(), chunk: 1 }, None, &Options::default()).await;
    stage.succeed(done).await;
    let row = NewJob::of(&PlanImport { import_id: Uuid::now_v7() }).unwrap();
    let old = NewJob { version: 1, unique_key: None, ..row.clone() };
    let unknown = NewJob { kind: "gone.kind".to_owned(), unique_key: None, ..row };
    let mut refused = vec![queued, done];
    for row in [old, unknown] {
        let id = stage.ask_row(&row, None, &Options::default()).await;
        stage.end(id, End::Dead, "no such file").await;
        refused.push(id);
    }
    for (id, why) in refused.iter().zip(["It is queued.", "It has done its work", "of version 1", "gone.kind"]) {
        let answer = stage.edit(*id, args(plan.import_id)).await;
        let detail = answer.problem(409, "cannot_edit")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(why), "{detail}");
        assert_eq!(stage.job(*id).await["noEdit"], detail, "the page says so before");
    }
    stage.edit(Uuid::now_v7(), json!({})).await.problem(404, "not_found");

    control::cancel(&mut stage.sql, queued, "not wanted").await.unwrap();
    let copy = stage.edit(queued, args(Uuid::now_v7())).await.expect(200);
    assert_eq!(copy["copyOf"]["state"], "cancelled", "a cancelled job stays what it is");
    let again = stage.edit(queued, args(Uuid::now_v7())).await;
    let detail = again.problem(409, "cannot_edit")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("decided on already"), "{detail}");
    assert_eq!(stage.job(queued).await["noEdit"], detail);
}

#[tokio::test]
async fn of_many_who_ask_for_a_cancelled_job_at_once_one_is_heard() {
    let mut stage = Stage::new().await;
    let plan = PlanImport { import_id: Uuid::now_v7() };
    let id = stage.ask(&plan, None, &Options::default()).await;
    control::cancel(&mut stage.sql, id, "not wanted").await.unwrap();
    let asked = (0..6).map(|_| stage.edit(id, json!({ "import_id": Uuid::now_v7() })));
    let heard = futures::future::join_all(asked).await.iter().filter(|answer| answer.status == 200).count();
    let copies: i64 = sqlx::query_scalar("select count(*) from jobs").fetch_one(&mut stage.sql).await.unwrap();
    assert_eq!((heard, copies), (1, 1));
}

#[tokio::test]
async fn an_edit_into_work_that_is_asked_for_already_names_who_does_it() {
    let mut stage = Stage::new().await;
    let (one, other) = (PlanImport { import_id: Uuid::now_v7() }, PlanImport { import_id: Uuid::now_v7() });
    let dead = stage.ask(&one, None, &Options::default()).await;
    stage.end(dead, End::Dead, "no such file").await;
    let holder = stage.ask(&other, None, &Options::default()).await;
    let refused = stage.edit(dead, json!({ "import_id": other.import_id })).await;
    assert_eq!(refused.problem(409, "unique_key_held")["existingId"], json!(holder));
    assert_eq!(stage.job(dead).await["decided"], false);
}

#[tokio::test]
async fn the_same_arguments_may_be_asked_for_again() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&ImportChunk { import_id: Uuid::now_v7(), chunk: 1 }, None, &Options::default()).await;
    stage.end(id, End::Dead, "no such chunk").await;
    let shown = stage.job(id).await;
    assert_eq!(shown["masked"], false);
    assert_eq!(stage.edit(id, shown["args"].clone()).await.expect(200)["args"], shown["args"]);
    assert_eq!(stage.audit().await[0].3["changed"], json!([]));
}

#[tokio::test]
async fn what_waited_for_a_dead_job_waits_for_its_copy_and_ends_with_a_deleted_one() {
    let mut stage = Stage::new().await;
    let import_id = Uuid::now_v7();
    let first = stage.ask(&ImportChunk { import_id, chunk: 1 }, None, &Options::default()).await;
    let waiting = stage
        .ask(&ImportChunk { import_id, chunk: 2 }, None, &Options { after: Some(first), ..Options::default() })
        .await;
    stage.end(first, End::Dead, "no such chunk").await;
    let copy = stage.edit(first, json!({ "import_id": import_id, "chunk": 9 })).await.expect(200);
    let copy: Uuid = copy["id"].as_str().unwrap().parse().unwrap();
    let why = stage.job(waiting).await["whyWaiting"].as_str().unwrap().to_owned();
    assert!(why.contains(&copy.to_string()), "{why}");

    stage.end(copy, End::Dead, "no such chunk").await;
    let deleted = stage.operator.delete(&format!("/api/console/jobs/{copy}")).await.expect(200);
    assert_eq!((&deleted["state"], &deleted["decided"]), (&json!("dead"), &json!(true)));
    assert_eq!(stage.job(waiting).await["state"], "cancelled");
    assert_eq!(stage.job(waiting).await["reason"], "the job it waited for failed and was deleted");
}

#[tokio::test]
async fn a_dead_job_is_deleted_and_nothing_else_is() {
    let mut stage = Stage::new().await;
    let dead = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.end(dead, End::Quarantined, "crashed").await;
    let live = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let delete = async |id: Uuid| stage.operator.delete(&format!("/api/console/jobs/{id}")).await;
    let refused = delete(live).await;
    assert!(refused.problem(409, "not_dead")["detail"].as_str().unwrap().contains("cancel it instead"));
    delete(Uuid::now_v7()).await.problem(404, "not_found");
    delete(dead).await.assert_status(200);
    delete(dead).await.problem(409, "not_dead");
    assert!(super::ids(&stage.search("state:dead,quarantined").await).is_empty());
    assert_eq!(super::ids(&stage.search("").await), [live, dead], "it is kept with those that ended");
    let audit = stage.audit().await;
    let data = json!({ "kind": "imports.plan", "was": "quarantined" });
    assert_eq!(audit, [("console.delete_job".to_owned(), Some(dead), None, data)]);
}

#[tokio::test]
async fn read_only_operators_neither_edit_nor_delete_nor_reveal() {
    let mut stage = Stage::new().await;
    let watcher = operator(&stage.app, "Wim", "read_only").await;
    let id = stage.ask(&ImportChunk { import_id: Uuid::now_v7(), chunk: 1 }, None, &Options::default()).await;
    stage.end(id, End::Dead, "no such chunk").await;
    let path = format!("/api/console/jobs/{id}");
    watcher.post(&format!("{path}/edit"), &json!({ "args": {} })).await.problem(403, "read_only_operator");
    watcher.post(&format!("{path}/reveal"), &json!({ "reason": "curious" })).await.problem(403, "read_only_operator");
    watcher.delete(&path).await.problem(403, "read_only_operator");
    assert_eq!(stage.job(id).await["decided"], false);
    assert!(stage.audit().await.is_empty());
}
