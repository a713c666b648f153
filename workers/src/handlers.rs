//! Which handler runs which job. Each is one call into `ledgerline-app`.

use std::sync::Arc;

use ledgerline_app::{
    Ledgerline,
    console::{audit, bulk},
    files, imports,
    mail::{self, Mailer},
    maintenance, proposals, uploads,
};
use ledgerline_jobs::{
    accounts::SendPasswordReset,
    audit::{SealAudit, VerifyAudit},
    console::{ActInBulk, StepInBulk},
    engine::run::Run,
    files::{ProcessMedia, ReceiveFile, SweepFileBytes, SweepUploads},
    imports::{
        FinishImport, FinishImportV1, ImportChunk, ImportChunkV1, PlanImport, PlanImportV1, PlanImportV2,
        SuggestMerges, SuggestMergesV1, SweepFiles, UndoChunk,
    },
    invitations::SendInvitation,
    maintenance::KeepHouse,
    portal::{SendAccountCode, SendPortalLink},
    proposals::ExpireProposal,
};
use sqlx::PgPool;

use crate::Registry;

/// What handlers share.
#[derive(Clone, Debug)]
pub struct Hands {
    /// Settings, storage, wake-ups.
    pub ledgerline: Arc<Ledgerline>,
    /// Postgres as the engine's role.
    pub engine: PgPool,
    /// Outgoing mail.
    pub mailer: Mailer,
}

/// The handlers of the product, one for each entry of the catalogue.
#[must_use]
pub fn registry(hands: &Hands) -> Registry {
    macro_rules! on {
        ($registry:expr, $job:ty, |$hands:ident, $run:ident, $payload:ident| $call:expr) => {{
            let shared = hands.clone();
            $registry.on(move |$run: Run, $payload: $job| {
                let $hands = shared.clone();
                async move { Ok($call.await?) }
            })
        }};
    }
    let registry = Registry::default();
    let registry = on!(registry, SendPasswordReset, |hands, run, job| {
        mail::send::send(&hands.engine, &hands.ledgerline.settings, &hands.mailer, &run, &job)
    });
    let registry = on!(registry, SendInvitation, |hands, run, job| {
        mail::send::send(&hands.engine, &hands.ledgerline.settings, &hands.mailer, &run, &job)
    });
    let registry = on!(registry, SendPortalLink, |hands, run, job| {
        mail::send::send(&hands.engine, &hands.ledgerline.settings, &hands.mailer, &run, &job)
    });
    let registry = on!(registry, SendAccountCode, |hands, run, job| {
        mail::send::send(&hands.engine, &hands.ledgerline.settings, &hands.mailer, &run, &job)
    });
    let registry =
        on!(registry, PlanImport, |hands, run, job| imports::plan::plan(&hands.ledgerline, &hands.engine, &run, job));
    let registry = on!(registry, PlanImportV1, |hands, run, job| {
        let PlanImportV1 { import_id } = job;
        imports::plan::plan(&hands.ledgerline, &hands.engine, &run, PlanImport { import_id })
    });
    let registry = on!(registry, PlanImportV2, |hands, run, job| {
        let PlanImportV2 { import_id } = job;
        imports::plan::plan(&hands.ledgerline, &hands.engine, &run, PlanImport { import_id })
    });
    let registry = on!(registry, ImportChunkV1, |hands, run, job| {
        let ImportChunkV1 { import_id, chunk } = job;
        imports::chunk::import(&hands.ledgerline, &hands.engine, &run, ImportChunk { import_id, chunk })
    });
    let registry = on!(registry, ImportChunk, |hands, run, job| imports::chunk::import(
        &hands.ledgerline,
        &hands.engine,
        &run,
        job
    ));
    let registry = on!(registry, FinishImportV1, |hands, run, job| {
        let FinishImportV1 { import_id } = job;
        imports::finish::finish(&hands.ledgerline, &hands.engine, &run, FinishImport { import_id })
    });
    let registry = on!(registry, FinishImport, |hands, run, job| imports::finish::finish(
        &hands.ledgerline,
        &hands.engine,
        &run,
        job
    ));
    let registry = on!(registry, SuggestMergesV1, |hands, run, job| {
        let SuggestMergesV1 { import_id } = job;
        imports::suggest::suggest(&hands.engine, &run, SuggestMerges { import_id, from_chunk: 0 })
    });
    let registry = on!(registry, SuggestMerges, |hands, run, job| imports::suggest::suggest(&hands.engine, &run, job));
    let registry = on!(registry, UndoChunk, |hands, run, job| imports::undo_chunk::undo(&hands.engine, &run, job));
    let registry = on!(registry, SweepFiles, |hands, run, _job| imports::sweep_files::sweep(
        &hands.ledgerline,
        &hands.engine,
        &run
    ));
    let registry = on!(registry, ReceiveFile, |hands, run, job| files::receive::receive(
        &hands.ledgerline,
        &hands.engine,
        &run,
        job
    ));
    let registry = on!(registry, ProcessMedia, |hands, run, job| files::media::process(
        &hands.ledgerline,
        &hands.engine,
        &run,
        job
    ));
    let registry =
        on!(registry, SweepUploads, |hands, run, _job| uploads::sweep::sweep(&hands.ledgerline, &hands.engine, &run));
    let registry =
        on!(registry, SweepFileBytes, |hands, run, _job| files::sweep::sweep(&hands.ledgerline, &hands.engine, &run));
    let registry =
        on!(registry, ExpireProposal, |hands, run, job| proposals::expire::expire(&hands.engine, &run, &job));
    let registry = on!(registry, SealAudit, |hands, run, _job| audit::seal::run(&hands.engine, &run));
    let registry = on!(registry, VerifyAudit, |hands, run, _job| audit::verify::run(&hands.engine, &run));
    let registry =
        on!(registry, ActInBulk, |hands, run, job| bulk::act::act(&hands.ledgerline, &hands.engine, &run, job));
    let registry =
        on!(registry, StepInBulk, |hands, run, job| bulk::step::step(&hands.ledgerline, &hands.engine, &run, job));
    on!(registry, KeepHouse, |hands, run, _job| maintenance::keep_house(&hands.engine, &run))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ledgerline_jobs::catalog::KINDS;

    /// The source is read, since a registry needs databases: every kind of the catalogue has a handler.
    #[test]
    fn every_kind_of_the_catalogue_has_a_handler() {
        let source = include_str!("handlers.rs");
        let handled = source.matches("on!(registry, ").count();
        let kinds: BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(handled, kinds.len() + 6, "one `on!` for each kind, five for older versions, and this line");
    }
}
