//! The one list of jobs. A kind that is not here does not exist for consoles, schedules and workers.

use serde_json::Value;

use crate::{
    Job, NewJob, Policy, Queue, accounts, audit, console, files, imports, invitations, maintenance, portal, proposals,
};

/// What is known of a kind without its payload.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// `<slice>.<verb>`.
    pub name: &'static str,
    /// The newest version of the payload.
    pub version: i16,
    /// Where it waits.
    pub queue: Queue,
    /// How it is tried.
    pub policy: Policy,
    /// One plain sentence for operators.
    pub description: &'static str,
    /// Argument fields that operators see masked.
    pub masked: &'static [&'static str],
    /// Reads arguments of the newest version as the payload, and gives the job that asks for them.
    pub read: fn(&Value) -> Result<NewJob, WrongArguments>,
}

/// Arguments that are no payload of their kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct WrongArguments {
    /// Names of fields, outermost first, with dots between; empty for the whole.
    pub path: String,
    /// What is wrong there, without a full stop.
    pub message: String,
}

impl Kind {
    /// The entry of job `J`.
    #[must_use]
    pub const fn of<J: Job>() -> Self {
        Self {
            name: J::KIND,
            version: J::VERSION,
            queue: J::QUEUE,
            policy: J::POLICY,
            description: J::DESCRIPTION,
            masked: J::MASKED,
            read: read::<J>,
        }
    }
}

/// A field that the payload does not have would be dropped without a word, so it is refused: it is most often a name with
/// a typing error.
fn read<J: Job>(args: &Value) -> Result<NewJob, WrongArguments> {
    let job: J = serde_path_to_error::deserialize(args).map_err(|error| {
        let path = error.path().to_string();
        WrongArguments { path: if path == "." { String::new() } else { path }, message: error.into_inner().to_string() }
    })?;
    let row = NewJob::of(&job).map_err(|error| WrongArguments { path: String::new(), message: error.to_string() })?;
    match unknown(args, &row.args, String::new()) {
        Some(path) => Err(WrongArguments { path, message: "there is no such field".to_owned() }),
        None => Ok(row),
    }
}

/// The first field of `given` that `kept` does not have.
fn unknown(given: &Value, kept: &Value, path: String) -> Option<String> {
    let (Value::Object(given), Value::Object(kept)) = (given, kept) else { return None };
    given.iter().find_map(|(name, value)| {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match kept.get(name) {
            None => Some(inner),
            Some(known) => unknown(value, known, inner),
        }
    })
}

/// Every job of the product.
pub const KINDS: &[Kind] = &[
    Kind::of::<accounts::SendPasswordReset>(),
    Kind::of::<invitations::SendInvitation>(),
    Kind::of::<portal::SendPortalLink>(),
    Kind::of::<portal::SendAccountCode>(),
    Kind::of::<imports::PlanImport>(),
    Kind::of::<imports::ImportChunk>(),
    Kind::of::<imports::FinishImport>(),
    Kind::of::<imports::SuggestMerges>(),
    Kind::of::<imports::UndoChunk>(),
    Kind::of::<imports::SweepFiles>(),
    Kind::of::<files::ReceiveFile>(),
    Kind::of::<files::ProcessMedia>(),
    Kind::of::<files::SweepUploads>(),
    Kind::of::<files::SweepFileBytes>(),
    Kind::of::<proposals::ExpireProposal>(),
    Kind::of::<maintenance::KeepHouse>(),
    Kind::of::<audit::SealAudit>(),
    Kind::of::<audit::VerifyAudit>(),
    Kind::of::<console::ActInBulk>(),
    Kind::of::<console::StepInBulk>(),
];

/// The kind of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;
    use uuid::Uuid;

    use super::{KINDS, kind};

    #[test]
    fn arguments_are_read_as_their_payload_and_wrong_ones_say_where() {
        let chunk = kind("imports.chunk").unwrap();
        let id = Uuid::now_v7();
        let row = (chunk.read)(&json!({ "import_id": id, "chunk": 3 })).unwrap();
        assert_eq!((row.kind.as_str(), row.args), ("imports.chunk", json!({ "import_id": id, "chunk": 3 })));
        let plan = (kind("imports.plan").unwrap().read)(&json!({ "import_id": id })).unwrap();
        assert_eq!(plan.unique_key, Some(id.to_string()), "the key is that of the arguments");
        for (args, path, message) in [
            (json!({ "import_id": id, "chunk": "three" }), "chunk", "invalid type: string"),
            (json!({ "import_id": "mine", "chunk": 3 }), "import_id", "UUID parsing failed"),
            (json!({ "import_id": id }), "", "missing field `chunk`"),
            (json!({ "import_id": id, "chunk": 3, "chunks": 4 }), "chunks", "there is no such field"),
            (json!([]), "", "invalid length"),
        ] {
            let wrong = (chunk.read)(&args).unwrap_err();
            assert_eq!(wrong.path, path, "{args}");
            assert!(wrong.message.contains(message), "{args}: {}", wrong.message);
        }
    }

    #[test]
    fn names_are_unique_and_say_slice_and_verb() {
        let mut seen = HashSet::new();
        for kind in KINDS {
            assert!(seen.insert(kind.name), "{} stands twice", kind.name);
            assert_eq!(kind.name.split('.').count(), 2, "{}", kind.name);
            assert!(kind.policy.max_attempts > 0, "{}", kind.name);
        }
    }
}
