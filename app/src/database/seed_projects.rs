//! The projects of the demo story, one on each stage of the board that a producer can bring them to without money.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::seed_files;
use crate::{
    deliverables::{self, input::NewDeliverable},
    error::Result,
    messages::{self, input::NewMessage},
    milestones::{self, input::NewMilestone},
    progress,
    progress::post::NewProgress,
    projects::{
        create::create,
        input::{NewProject, OriginalsOpen, ProjectContact},
        list::{self, ProjectListQuery},
        queries::ProjectRow,
        stage::Stage,
        state::DeliverableState,
    },
    submissions::{
        decide, hand_in,
        input::{Approval, HandIn, RevisionRequest},
    },
    tenant::{Access, Actor, TenantTx, Visit, Who},
};

/// Title, type, amount in euros, and how far it is.
const PROJECTS: [(&str, &str, i64, Stage); 6] = [
    ("Morning show, season two", "Podcast", 2_400, Stage::Setup),
    ("Score for a winter film", "Film scoring", 9_600, Stage::InProgress),
    ("Harbour documentary mix", "Documentary", 3_200, Stage::Submitted),
    ("Menu music for a racing game", "Game audio", 1_800, Stage::ClientFeedback),
    ("Spring campaign, three spots", "Commercial", 4_500, Stage::PaymentPending),
    ("Charity single", "Mixing", 0, Stage::Paid),
];

/// Tells of the projects, unless there are some; `people` are the names and addresses of the clients they are for.
pub(super) async fn tell(ctx: &AppContext, actor: &Actor, people: &[(String, String)]) -> Result<()> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    if !list::list(&mut tx, ProjectListQuery::default()).await?.rows.is_empty() {
        return Ok(());
    }
    drop(tx);
    for ((title, kind, euros, stage), (name, email)) in PROJECTS.iter().zip(people) {
        let project = begin(ctx, actor, title, kind, euros * 100, name, email).await?;
        advance(ctx, actor, &project, *stage).await?;
    }
    Ok(())
}

async fn begin(
    ctx: &AppContext,
    actor: &Actor,
    title: &str,
    kind: &str,
    minor: i64,
    name: &str,
    email: &str,
) -> Result<ProjectRow> {
    let new = NewProject {
        contact: Some(ProjectContact {
            name: name.to_owned(),
            email: Some(email.to_owned()),
            phone: None,
            title: None,
            company: None,
        }),
        contact_id: None,
        client_id: None,
        title: title.to_owned(),
        description: Some("As agreed on the phone: two rounds of changes, delivery as WAV.".to_owned()),
        project_type: Some(kind.to_owned()),
        amount_minor: minor,
        currency: "EUR".to_owned(),
        deadline: None,
        estimated_days: Some(20),
        licence_required: false,
        originals_open: OriginalsOpen::FullPayment,
        pays_milestones_in_order: false,
        is_draft: false,
        invite: false,
    };
    let project = create(ctx, actor, new).await?;
    for (name, amount_minor) in [("Rough mix", minor / 4), ("Final mix", minor / 2), ("Master", minor / 4)] {
        let milestone = NewMilestone { name: name.to_owned(), description: None, amount_minor, due_on: None };
        milestones::change::add(ctx, actor, project.id, milestone).await?;
    }
    for (title, status) in [("Stereo master", DeliverableState::Pending), ("Stems", DeliverableState::Pending)] {
        let deliverable = NewDeliverable {
            contact_id: project.contact_id,
            proposal_id: None,
            project_id: Some(project.id),
            milestone_id: None,
            phase_id: None,
            title: title.to_owned(),
            description: None,
            category: Some("audio".to_owned()),
            status,
            due_date: None,
            completed_at: None,
            notes: None,
        };
        deliverables::create::create(ctx, actor, deliverable).await?;
    }
    Ok(project)
}

async fn advance(ctx: &AppContext, actor: &Actor, project: &ProjectRow, stage: Stage) -> Result<()> {
    if stage == Stage::Setup {
        return Ok(());
    }
    let told = NewProgress {
        title: "The recordings are edited".to_owned(),
        body: Some("Everything is cut and in tune. The mix begins on Monday.".to_owned()),
        percent: Some(40),
    };
    progress::post::post(ctx, actor, project.id, told).await?;
    talk(ctx, actor, project).await?;
    if stage == Stage::InProgress {
        return Ok(());
    }
    seed_files::mix(ctx, actor, project.id, "First mix.wav", 220.0).await?;
    let work = HandIn { summary: Some("First mix, levels as in the reference.".to_owned()) };
    hand_in::submit(ctx, actor, project.submission_id, work).await?;
    match stage {
        Stage::ClientFeedback => {
            let request = RevisionRequest { round: 1, note: "The strings may come in later, please.".to_owned() };
            decide::request_revisions(ctx, actor, project.submission_id, request).await?;
        }
        Stage::Approved | Stage::PaymentPending | Stage::Paid => {
            let approval = Approval { round: 1, note: Some("Approved on the phone.".to_owned()) };
            decide::approve(ctx, actor, project.submission_id, approval).await?;
        }
        Stage::Setup | Stage::InProgress | Stage::Submitted => {}
    }
    Ok(())
}

/// The producer and the client write to each other.
async fn talk(ctx: &AppContext, actor: &Actor, project: &ProjectRow) -> Result<()> {
    let visit = Visit {
        proposal_id: project.proposal_id,
        project_id: Some(project.id),
        client_id: project.client_id,
        contact_id: project.contact_id,
        access: Access::Full,
    };
    let client = Actor { who: Who::Client(visit), ..actor.clone() };
    let said = |body: &str, parent_id: Option<Uuid>| NewMessage {
        id: Uuid::now_v7(),
        body: body.to_owned(),
        parent_id,
        attachments: Vec::new(),
    };
    let question = said("Shall the intro stay as it is in the demo?", None);
    let (question, _) = messages::post::post(ctx, actor, project.id, question).await?;
    let answer = said("Yes, please. Only the piano may come in a little softer.", Some(question.id));
    messages::post::post(ctx, &client, project.id, answer).await?;
    messages::post::post(ctx, &client, project.id, said("When can we hear a first mix?", None)).await?;
    Ok(())
}
