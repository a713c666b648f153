//! What stands around a job on its page.

use ledgerline_jobs::{
    Job as _, NewJob, Options,
    engine::{
        batch,
        effects::{self, Intent, Settled},
        outcome::{self, End},
        schedule,
    },
    imports::{FinishImport, ImportChunk, PlanImport},
    invitations::SendInvitation,
    maintenance::KeepHouse,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Stage, ids};

#[tokio::test]
async fn names_the_person_who_asked_and_what_was_done_outside() {
    let stage = Stage::new().await;
    let nina = stage.app.owner("Nina").await;
    nina.post("/api/invitations", &json!({ "email": "gus@example.com", "role": "member" })).await.assert_status(201);
    let search = format!("kind:{}", SendInvitation::KIND);
    let id = ids(&stage.search(&search).await)[0];
    let job = stage.job(id).await;
    assert_eq!(job["askedBy"]["by"], "person");
    let name = job["askedBy"]["name"].as_str().expect("a masked address");
    assert_eq!(name, "n…@example.com");
    assert_eq!(job["effects"], json!([]));

    stage.app.run_pending().await;
    let job = stage.job(id).await;
    let effect = &job["effects"][0];
    assert_eq!((&effect["provider"], &effect["state"]), (&json!("smtp"), &json!("confirmed")));
    assert_eq!(effect["key"], format!("mail:{id}"));
    assert!(effect["sentAt"].is_string() && effect["settledAt"].is_string());
}

#[tokio::test]
async fn an_effect_is_told_with_every_job_of_the_chain_that_it_stops() {
    let mut stage = Stage::new().await;
    let args = json!({ "import_id": Uuid::now_v7(), "chunk": 1 });
    let chunk: ImportChunk = serde_json::from_value(args.clone()).unwrap();
    let first = stage.ask(&chunk, None, &Options::default()).await;
    stage.end(first, End::Dead, "it died before it acted").await;
    let mut copies = Vec::new();
    let mut original = first;
    for _ in 0..2 {
        let edited = stage.operator.post(&format!("/api/console/jobs/{original}/edit"), &json!({ "args": args })).await;
        original = edited.expect(200)["id"].as_str().unwrap().parse().unwrap();
        copies.push(original);
        let fence = stage.start(original).await;
        let intent = effects::intend(&mut stage.sql, fence, "smtp", &format!("mail:{first}"), "x").await.unwrap();
        if let Intent::Go(effect) = intent {
            effects::sending(&mut stage.sql, effect).await.unwrap();
            effects::settle(&mut stage.sql, effect, &Settled::Unknown("no answer".to_owned())).await.unwrap();
        }
        outcome::end(&mut stage.sql, fence, End::Dead, "The mail may have arrived.", None).await.unwrap();
    }
    for id in [first, copies[0], copies[1]] {
        let told = stage.job(id).await["effects"].clone();
        let told: Vec<_> = told.as_array().unwrap().iter().map(|effect| (&effect["key"], &effect["state"])).collect();
        assert_eq!(told, [(&json!(format!("mail:{first}")), &json!("unknown"))]);
    }
}

#[tokio::test]
async fn names_the_schedule_and_its_slot() {
    let mut stage = Stage::new().await;
    let node = stage.node().await;
    let house = schedule::Definition {
        name: "keep_house".to_owned(),
        cron: "17 3 * * *".to_owned(),
        timezone: "Etc/UTC".to_owned(),
        kind: KeepHouse::KIND.to_owned(),
        catch_up: schedule::CatchUp::Last,
        jitter_seconds: 0,
        job: NewJob::of(&KeepHouse::default()).unwrap(),
    };
    schedule::define(&mut stage.sql, &[house]).await.unwrap();
    let slot = "2026-11-20T03:17:00Z".parse().unwrap();
    let row = NewJob::of(&KeepHouse::default()).unwrap();
    let fired = schedule::SlotOutcome::Fired;
    let id = schedule::fire(&mut stage.sql, node, "keep_house", slot, fired, &row, &Options::default()).await;
    let job = stage.job(id.unwrap().unwrap()).await;
    let expected = json!({ "by": "schedule", "name": "keep_house", "slotAt": slot, "job": null, "action": null });
    assert_eq!(job["askedBy"], expected);

    let own = stage.ask(&KeepHouse::default(), None, &Options::default()).await;
    assert_eq!(stage.job(own).await["askedBy"]["by"], "program");
}

#[tokio::test]
async fn names_the_batch_and_who_holds_the_key_of_a_dead_job() {
    let mut stage = Stage::new().await;
    let batch = batch::open(&mut stage.sql, "imports", None::<&FinishImport>).await.unwrap();
    let plan = PlanImport { import_id: Uuid::now_v7() };
    let dead = stage.ask(&plan, None, &Options { batch: Some(batch), ..Options::default() }).await;
    stage.end(dead, End::Dead, "no such file").await;
    let job = stage.job(dead).await;
    assert_eq!(job["batch"], json!({ "id": batch, "kind": "imports", "total": 1, "ended": 1 }));
    assert_eq!(job["keyHolder"], Value::Null);

    let holder = stage.ask(&plan, None, &Options::default()).await;
    assert_eq!(stage.job(dead).await["keyHolder"]["id"], json!(holder));
    let refused = stage.act(&format!("jobs/{dead}/retry")).await;
    assert_eq!(refused.problem(409, "unique_key_held")["existingId"], json!(holder));
}

#[tokio::test]
async fn children_come_in_pages() {
    let mut stage = Stage::new().await;
    let parent = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    sqlx::query("select set_config('ledgerline.job', $1, false)")
        .bind(parent.to_string())
        .execute(&mut stage.sql)
        .await
        .unwrap();
    let mut asked = Vec::new();
    for chunk in 0..7 {
        asked.push(stage.ask(&ImportChunk { import_id: Uuid::now_v7(), chunk }, None, &Options::default()).await);
    }
    stage.succeed(asked[2]).await;
    stage.end(asked[5], End::Dead, "no such row").await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stage.get(&format!("jobs/{parent}/children?limit=3{cursor}")).await;
        seen.extend(ids(&page));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, asked);
    let unknown = format!("/api/console/jobs/{}/children", Uuid::now_v7());
    stage.operator.get(&unknown).await.problem(404, "not_found");
    let wrong = format!("/api/console/jobs/{parent}/children?cursor=nonsense");
    stage.operator.get(&wrong).await.problem(400, "invalid_cursor");
}
