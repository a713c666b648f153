//! The syntax of a search for jobs: `key:value` terms, all of which must fit, and words that stand in an error.
//!
//! ```text
//! state:dead kind:imports.chunk queue:mail workspace:"North Light" node:web-1 batch:0190…  id:0190…
//! args.import_id:0190… error:"connection refused" fingerprint:1f0c… since:2h before:2026-11-20T10:00Z
//! ```
//!
//! A value with blanks stands in quotes; `\"` is a quote in it. Several states, arguments and errors may be given, the
//! others once. What is wrong is said with its place and how to mend it, all of it at once.

mod mistakes;
mod terms;
mod times;

use std::str::FromStr;

use ledgerline_jobs::catalog;
use uuid::Uuid;

pub use self::{
    mistakes::{Code, SearchError, invalid},
    terms::quoted,
};
use self::{
    terms::{Term, split},
    times::when,
};
use super::filter::{self, Argument, JobFilter, NameOrId};
use crate::{
    console::{mask, view::JobState},
    error::Error,
};

/// Longest search.
const LONGEST: usize = 1_000;
/// Most arguments and most errors in one search.
const MOST: usize = 3;
const KEYS: &str = "state, kind, queue, workspace, node, batch, id, args.<name>, error, fingerprint, since and before";

impl FromStr for JobFilter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.chars().count() > LONGEST {
            let message = format!("A search has at most {LONGEST} characters.");
            return Err(invalid(vec![SearchError { code: Code::TooLong, at: None, message }]));
        }
        let mut filter = Self::default();
        let mut mistakes = Vec::new();
        let mut terms = 0;
        for term in split(text) {
            let at = term.at;
            terms += 1;
            if let Err((code, message)) = filter.take(term) {
                mistakes.push(SearchError { code, at: Some(at), message });
            }
        }
        if filter.id.is_some() && terms > 1 && mistakes.is_empty() {
            let message = "An id finds one job by itself. Leave out the rest, or the id.".to_owned();
            mistakes.push(SearchError { code: Code::IdStandsAlone, at: None, message });
        }
        if mistakes.is_empty() { Ok(filter) } else { Err(invalid(mistakes)) }
    }
}

type Taken = Result<(), (Code, String)>;

impl JobFilter {
    fn take(&mut self, term: Term) -> Taken {
        if !term.closed {
            return Err((Code::UnclosedQuote, "A quote is not closed. Add a \" at the end of its text.".to_owned()));
        }
        let Some(key) = term.key else {
            if term.value.trim().is_empty() {
                let message = "There is nothing between these quotes. Leave them out, or write what an error says.";
                return Err((Code::MissingValue, message.to_owned()));
            }
            return match id(&term.value) {
                Some(id) => once(&mut self.id, "id", id),
                None => more(&mut self.errors, "words of an error", term.value),
            };
        };
        if term.value.trim().is_empty() {
            return Err((Code::MissingValue, format!("“{key}:” needs a value right behind the colon.")));
        }
        let value = term.value;
        let given_id = |value: &str| {
            id(value).ok_or_else(|| {
                (
                    Code::InvalidId,
                    format!("“{value}” is no id. Copy it whole; it has 36 characters, 4 of them hyphens."),
                )
            })
        };
        match key.as_str() {
            "state" => self.take_states(&value),
            "kind" => once(&mut self.kind, "kind", value),
            "queue" => once(&mut self.queue, "queue", value),
            "workspace" => once(&mut self.workspace, "workspace", name_or_id(value)),
            "node" => once(&mut self.node, "node", name_or_id(value)),
            "batch" => once(&mut self.batch, "batch", given_id(&value)?),
            "id" => once(&mut self.id, "id", given_id(&value)?),
            "error" => more(&mut self.errors, "errors", value),
            "fingerprint" => once(&mut self.fingerprint, "fingerprint", value),
            "since" => once(&mut self.since, "since", when(&value)?),
            "before" => once(&mut self.before, "before", when(&value)?),
            _ => match key.strip_prefix("args.") {
                Some(path) => {
                    let path = argument(path, &value)?;
                    more(&mut self.args, "arguments", Argument { path, value })
                }
                None => Err((
                    Code::UnknownKey,
                    format!(
                        "There is no search by “{key}”. There is one by {KEYS}. To look for it as text, write \"{key}:{value}\"."
                    ),
                )),
            },
        }
    }

    fn take_states(&mut self, value: &str) -> Taken {
        for name in value.split(',') {
            let state: JobState = name.parse().map_err(|_| {
                let known: Vec<&str> = JobState::ALL.iter().map(|state| state.as_str()).collect();
                (Code::UnknownState, format!("“{name}” is no state. States are {}.", known.join(", ")))
            })?;
            if !self.states.contains(&state) {
                self.states.push(state);
            }
        }
        Ok(())
    }
}

fn once<T: PartialEq>(place: &mut Option<T>, key: &str, value: T) -> Taken {
    if place.as_ref().is_some_and(|before| *before != value) {
        return Err((Code::Repeated, format!("“{key}” is given twice. Leave one of them out.")));
    }
    *place = Some(value);
    Ok(())
}

fn more<T>(values: &mut Vec<T>, what: &str, value: T) -> Taken {
    if values.len() == MOST {
        return Err((
            Code::TooMany,
            format!("A search takes at most {MOST} {what}. Put words in quotes to make them one."),
        ));
    }
    values.push(value);
    Ok(())
}

/// Hyphenated, as ids are written everywhere in the product.
fn id(value: &str) -> Option<Uuid> {
    (value.len() == 36).then(|| Uuid::try_parse(value).ok()).flatten()
}

fn name_or_id(value: String) -> NameOrId {
    id(&value).map_or(NameOrId::Name(value), NameOrId::Id)
}

/// What operators see masked they cannot find out by searching either.
fn argument(path: &str, value: &str) -> Result<Vec<String>, (Code, String)> {
    let names: Vec<String> = path.split('.').map(ToOwned::to_owned).collect();
    if names.iter().any(String::is_empty) {
        return Err((Code::InvalidPath, "Write an argument as args.name:value, or args.outer.inner:value.".to_owned()));
    }
    let named = |name: &str| catalog::KINDS.iter().any(|kind| kind.masked.contains(&name));
    let masked = |name: &String| {
        mask::is_secret(name) || mask::text(name) != *name || named(name) || named(&filter::snake(name))
    };
    if names.iter().any(masked) {
        return Err((Code::MaskedArgument, format!("“args.{path}” is masked, so it cannot be searched by.")));
    }
    if mask::text(value) != value {
        let message = "Email addresses and tokens in arguments are masked, so they cannot be searched by. Reveal the \
                       arguments of a job, for a reason.";
        return Err((Code::MaskedArgument, message.to_owned()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::console::jobs::filter::When;

    const ID: &str = "01939c2e-7f11-7c65-9d3a-52a0e7f3c0aa";

    fn read(text: &str) -> JobFilter {
        text.parse().unwrap_or_else(|error: Error| panic!("{text}: {error} {:?}", error.errors))
    }

    fn mistakes(text: &str) -> Vec<(String, String)> {
        let error = text.parse::<JobFilter>().unwrap_err();
        assert_eq!((error.status.as_u16(), error.code), (422, "invalid_search"));
        error.errors.into_iter().map(|error| (error.code.into_owned(), error.message)).collect()
    }

    #[test]
    fn every_key_is_read() {
        let filter = read(&format!(
            "state:dead,quarantined state:queued kind:imports.chunk queue:mail workspace:\"North Light\" node:{ID} batch:{ID} \
             args.import_id:{ID} args.chunk:3 error:\"connection refused\" fingerprint:0a1b since:2h before:2026-11-20"
        ));
        let expected = JobFilter {
            id: None,
            states: vec![JobState::Dead, JobState::Quarantined, JobState::Queued],
            kind: Some("imports.chunk".to_owned()),
            queue: Some("mail".to_owned()),
            workspace: Some(NameOrId::Name("North Light".to_owned())),
            node: Some(NameOrId::Id(ID.parse().unwrap())),
            batch: Some(ID.parse().unwrap()),
            args: vec![
                Argument { path: vec!["import_id".to_owned()], value: ID.to_owned() },
                Argument { path: vec!["chunk".to_owned()], value: "3".to_owned() },
            ],
            fingerprint: Some("0a1b".to_owned()),
            errors: vec!["connection refused".to_owned()],
            since: Some(When::Ago(TimeDelta::hours(2))),
            before: Some(When::At("2026-11-20T00:00:00Z".parse().unwrap())),
        };
        assert_eq!(filter, expected);
    }

    #[test]
    fn plain_words_are_texts_of_errors_and_a_plain_id_is_a_job() {
        assert_eq!(read("refused \"no such \\\"file\\\"\"").errors, ["refused", "no such \"file\""]);
        assert_eq!(read(&format!("  {ID} ")).id, Some(ID.parse().unwrap()));
        assert_eq!(read("\"http://x\"").errors, ["http://x"]);
        assert_eq!(read(""), JobFilter::default());
    }

    #[test]
    fn times_are_read_in_each_form() {
        for (text, seconds) in [("45s", 45), ("30m", 1_800), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800)] {
            assert_eq!(read(&format!("since:{text}")).since, Some(When::Ago(TimeDelta::seconds(seconds))));
        }
        for text in ["2026-11-20T10:00Z", "2026-11-20T10:00:00Z", "2026-11-20T11:00:00+01:00"] {
            assert_eq!(read(&format!("before:{text}")).before, Some(When::At("2026-11-20T10:00:00Z".parse().unwrap())));
        }
    }

    #[test]
    fn each_mistake_names_its_place_and_its_mend() {
        for (text, code, place, mend) in [
            ("kind:a colour:red", "unknown_key", "At character 8", "\"colour:red\""),
            ("kind:", "missing_value", "At character 1", "needs a value"),
            ("kind:a kind:b", "repeated", "At character 8", "Leave one of them out"),
            ("error:\"no such", "unclosed_quote", "At character 1", "Add a \""),
            ("state:lost", "unknown_state", "At character 1", "scheduled, waiting"),
            ("batch:17", "invalid_id", "At character 1", "36 characters"),
            ("since:soon", "invalid_time", "At character 1", "2h"),
            ("since:-2h", "invalid_time", "At character 1", "2h"),
            ("since:100000000h", "invalid_time", "At character 1", "1970 to 9999"),
            ("before:4294967295w", "invalid_time", "At character 1", "1970 to 9999"),
            ("since:1969-12-31", "invalid_time", "At character 1", "1970 to 9999"),
            ("\"\"", "missing_value", "At character 1", "nothing between"),
            ("refused \" \"", "missing_value", "At character 9", "nothing between"),
            ("before:2026-13-01", "invalid_time", "At character 1", "2026-11-20"),
            ("args..a:1", "invalid_path", "At character 1", "args.name:value"),
            ("args.reset_token:x", "masked_argument", "At character 1", "cannot be searched"),
            ("args.cc:\"nina@example.com\"", "masked_argument", "At character 1", "cannot be searched"),
            ("args.nina@example.com:true", "masked_argument", "At character 1", "cannot be searched"),
            ("a b c d", "too_many", "At character 7", "in quotes"),
        ] {
            let found = mistakes(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].0, code, "{text}");
            assert!(found[0].1.starts_with(place) && found[0].1.contains(mend), "{text}: {}", found[0].1);
        }
        assert_eq!(mistakes("kind: since:soon").len(), 2, "all of them at once");
        assert_eq!(mistakes(&format!("{ID} kind:a"))[0].0, "id_stands_alone");
        assert_eq!(mistakes(&"x".repeat(1_001))[0].0, "too_long");
    }

    #[test]
    fn arguments_are_found_however_they_are_written() {
        let one = read("args.importId:3").args.remove(0);
        let found: Vec<String> = one.alternatives().iter().map(ToString::to_string).collect();
        assert_eq!(found, [r#"{"importId":"3"}"#, r#"{"importId":3}"#, r#"{"import_id":"3"}"#, r#"{"import_id":3}"#]);
        let deep = read("args.a.b:x").args.remove(0);
        assert_eq!(deep.alternatives(), [serde_json::json!({ "a": { "b": "x" } })]);
    }
}
