//! Random deeds of a producer, of clients and of jobs, at once, against the tables of the design. Every change of a state
//! is a line of its table, whoever refused one was told 409 (or 403 for what is not theirs), and sums are never exceeded.

use std::collections::{BTreeMap, BTreeSet};

use ledgerline_app::{
    Error, deliverables,
    deliverables::input::DeliverableChange,
    milestones,
    milestones::input::{MilestoneRevision, NewMilestone},
    projects,
    projects::{input::Cancellation, state::DeliverableState},
    submissions,
    submissions::input::{Approval, HandIn, RevisionRequest},
    tenant::{Access, Actor, Who},
};
use loco_rs::app::AppContext;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use support::TestApp;
use uuid::Uuid;

use super::{client_of, id, project};

/// domain.md, a second time.
const TABLES: &[(&str, &[&str])] = &[
    (
        "project",
        &[
            "draft open",
            "open in_progress",
            "in_progress completed",
            "completed archived",
            "archived completed",
            "draft cancelled",
            "open cancelled",
            "in_progress cancelled",
            "completed cancelled",
            "archived cancelled",
        ],
    ),
    (
        "submission",
        &[
            "in_progress ready_for_review",
            "ready_for_review approved",
            "approved completed",
            "ready_for_review client_revisions_requested",
            "client_revisions_requested ready_for_review",
            "ready_for_review in_progress",
            "approved ready_for_review",
        ],
    ),
    (
        "milestone",
        &[
            "pending submitted",
            "submitted approved",
            "submitted revision",
            "revision pending",
            "pending cancelled",
            "submitted cancelled",
        ],
    ),
    (
        "deliverable",
        &[
            "pending in-progress",
            "pending blocked",
            "pending completed",
            "in-progress pending",
            "in-progress blocked",
            "in-progress completed",
            "blocked pending",
            "blocked in-progress",
            "blocked completed",
            "completed in-progress",
        ],
    ),
    ("proposal", &["approved active", "active completed"]),
];

/// Writes every change of a state down, in the transaction that makes it.
const WATCH: &str = "
    create table watched (at bigserial, thing text, id uuid, went text);
    create function watch() returns trigger language plpgsql security definer as $$
      begin
        if old.state is distinct from new.state then
          insert into public.watched (thing, id, went) values (tg_argv[0], new.id, old.state || ' ' || new.state);
        end if;
        return new;
      end $$;
    create trigger watch after update on projects for each row execute function watch('project');
    create trigger watch after update on submissions for each row execute function watch('submission');
    create trigger watch after update on milestones for each row execute function watch('milestone');
    create trigger watch after update on deliverables for each row execute function watch('deliverable');
    create trigger watch after update on proposals for each row execute function watch('proposal');";

/// What the deeds are about.
#[derive(Clone, Debug)]
struct Things {
    project: Uuid,
    submission: Uuid,
    milestones: Vec<Uuid>,
    deliverables: Vec<Uuid>,
}

const DEEDS: u32 = 24;

/// One random deed; what it answered, by the code of the refusal.
async fn deed(ctx: &AppContext, actor: &Actor, things: &Things, random: &mut StdRng) -> (String, Result<(), Error>) {
    let milestone = things.milestones[random.random_range(0..things.milestones.len())];
    let deliverable = things.deliverables[random.random_range(0..things.deliverables.len())];
    let round = random.random_range(1..4);
    let note = || "Change this".to_owned();
    let which = random.random_range(0..DEEDS);
    let submission = things.submission;
    let answer = match which {
        0..=2 => submissions::hand_in::submit(ctx, actor, submission, HandIn::default()).await.map(drop),
        3 => submissions::hand_in::recall(ctx, actor, submission).await.map(drop),
        4..=5 => submissions::decide::approve(ctx, actor, submission, Approval { round, note: None }).await.map(drop),
        6..=7 => {
            let request = RevisionRequest { round, note: note() };
            submissions::decide::request_revisions(ctx, actor, submission, request).await.map(drop)
        }
        8 => submissions::decide::revert_approval(ctx, actor, submission).await.map(drop),
        9 if random.random_bool(0.3) => submissions::complete::complete(ctx, actor, submission).await.map(drop),
        10..=11 => milestones::steps::submit(ctx, actor, milestone).await.map(drop),
        12 => milestones::steps::approve(ctx, actor, milestone).await.map(drop),
        13 => {
            let revision = MilestoneRevision { note: note() };
            milestones::steps::request_revision(ctx, actor, milestone, revision).await.map(drop)
        }
        14 => milestones::steps::resume(ctx, actor, milestone).await.map(drop),
        15 => milestones::steps::cancel(ctx, actor, milestone).await.map(drop),
        16..=17 => {
            let new = NewMilestone {
                name: "More".to_owned(),
                description: None,
                amount_minor: random.random_range(0..60),
                due_on: None,
            };
            milestones::change::add(ctx, actor, things.project, new).await.map(drop)
        }
        18..=20 => {
            let state = DeliverableState::ALL[random.random_range(0..DeliverableState::ALL.len())];
            let change = DeliverableChange { status: Some(state), ..DeliverableChange::default() };
            deliverables::update::update(ctx, actor, deliverable, change).await.map(drop)
        }
        21 => projects::steps::archive(ctx, actor, things.project).await.map(drop),
        22 => projects::steps::unarchive(ctx, actor, things.project).await.map(drop),
        _ if random.random_bool(0.04) => {
            projects::steps::cancel(ctx, actor, things.project, Cancellation::default()).await.map(drop)
        }
        _ => projects::steps::open(ctx, actor, things.project).await.map(drop),
    };
    (format!("deed {which} of {:?}", actor.who), answer)
}

async fn walk(ctx: AppContext, actor: Actor, things: Things, seed: u64, deeds: u32) -> BTreeMap<&'static str, u32> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut answers = BTreeMap::new();
    for _ in 0..deeds {
        let (what, answer) = deed(&ctx, &actor, &things, &mut random).await;
        let code = match answer {
            Ok(()) => "ok",
            Err(error) => {
                let expected = match error.code {
                    "forbidden" => !matches!(actor.who, Who::User(..)),
                    "invalid" => error.errors.iter().all(|wrong| wrong.code == "above_project"),
                    "wrong_state" | "stale_round" => error.status.as_u16() == 409,
                    _ => false,
                };
                assert!(expected, "{what} with seed {seed}: {error:?}");
                error.code
            }
        };
        *answers.entry(code).or_default() += 1;
    }
    answers
}

#[tokio::test]
async fn random_deeds_of_all_at_once_never_leave_the_tables() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut conn = app.sql().await;
    sqlx::raw_sql(WATCH).execute(&mut conn).await.unwrap();
    let producer = {
        let who = Who::User(browser.user_id().await, ledgerline_app::Role::Owner);
        Actor { workspace_id: browser.workspace_id().await, who, request_id: None }
    };
    let job = Actor::job(producer.workspace_id, Uuid::now_v7(), None);
    let first_seed: u64 = rand::rng().random();
    for case in 0..8u64 {
        let minor = if case % 3 == 0 { 0 } else { 100 };
        let made = project(&app, &browser, minor).await;
        if case % 2 == 0 {
            sqlx::query("update proposals set state = 'approved', is_implicit = false, sent_version = 1 where id = $1")
                .bind(id(&made["proposalId"]))
                .execute(&mut conn)
                .await
                .unwrap();
        }
        let mut things = Things {
            project: id(&made["id"]),
            submission: id(&made["submission"]["id"]),
            milestones: Vec::new(),
            deliverables: Vec::new(),
        };
        for n in 0..3 {
            let body = json!({ "name": "Part", "amountMinor": minor / 10 });
            let part = browser.post(&super::of(&made, "/milestones"), &body).await.expect(201);
            things.milestones.push(id(&part["id"]));
            let body =
                json!({ "contactId": made["contact"]["id"], "projectId": made["id"], "title": format!("File {n}") });
            let file = browser.post("/api/deliverables", &body).await.expect(201);
            things.deliverables.push(id(&file["deliverable"]["id"]));
        }
        let client = client_of(&browser, &made, Access::Full).await;
        let looker = client_of(&browser, &made, Access::View).await;
        let actors = [producer.clone(), producer.clone(), client.clone(), client, looker, job.clone()];
        let walks = actors.into_iter().zip(0u64..).map(|(actor, n)| {
            let seed = first_seed.wrapping_add(case * 100 + n);
            tokio::spawn(walk(app.ctx.clone(), actor, things.clone(), seed, 40))
        });
        let mut answers: BTreeMap<&str, u32> = BTreeMap::new();
        for walk in walks.collect::<Vec<_>>() {
            for (code, count) in walk.await.unwrap() {
                *answers.entry(code).or_default() += count;
            }
        }
        for needed in ["ok", "wrong_state", "forbidden"] {
            assert!(answers.contains_key(needed), "seed {first_seed}: {answers:?}");
        }
    }
    // not a deed but how the test begins
    sqlx::query("delete from watched where went = 'active approved'").execute(&mut conn).await.unwrap();
    let went: Vec<(String, String, i64)> =
        sqlx::query_as("select thing, went, count(*) from watched group by 1, 2").fetch_all(&mut conn).await.unwrap();
    for (thing, went, _) in &went {
        let table: BTreeSet<&str> = TABLES.iter().find(|(name, _)| name == thing).unwrap().1.iter().copied().collect();
        assert!(table.contains(went.as_str()), "seed {first_seed}: {thing} went {went}");
    }
    let seen: BTreeSet<&str> = went.iter().map(|(thing, ..)| thing.as_str()).collect();
    assert_eq!(seen.len(), TABLES.len(), "every kind of thing has moved: {went:?}");

    let above: i64 = sqlx::query_scalar(
        "select count(*) from projects p where p.amount_minor < (
           select sum(amount_minor) from milestones m where m.project_id = p.id and m.state <> 'cancelled')",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(above, 0, "seed {first_seed}: milestones add up to more than their project");
    let holes: i64 = sqlx::query_scalar(
        "select count(*) from projects p where last_event <> (select count(*) from events e where e.project_id = p.id)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(holes, 0, "seed {first_seed}: events are numbered without a hole");
    let unsaid: i64 = sqlx::query_scalar(
        "select (select count(*) from watched) - (select count(*) from events where project_id is not null and kind in (
             'project_opened', 'project_started', 'project_completed', 'project_archived', 'project_unarchived',
             'project_cancelled', 'submission_submitted', 'submission_recalled', 'submission_approved',
             'revisions_requested', 'approval_reverted', 'submission_completed', 'milestone_submitted',
             'milestone_approved', 'milestone_revision_requested', 'milestone_resumed', 'milestone_cancelled',
             'deliverable_moved', 'proposal_completed', 'proposal_activated'))",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(unsaid, 0, "seed {first_seed}: every change of a state has its event");
    let unaudited: i64 = sqlx::query_scalar(
        "select (select count(*) from events where project_id is not null)
           - (select count(*) from audit_log where subject_kind in ('project', 'submission', 'milestone', 'deliverable', 'proposal'))",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(unaudited, 0, "seed {first_seed}: every event has its audit row");
}
