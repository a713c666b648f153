//! Takes secrets and personal data out of what operators see. Ids stay: they are what an operator works with.

use std::fmt::Write as _;

use ledgerline_jobs::catalog::{self, Kind};
use serde_json::Value;
use uuid::Uuid;

/// What stands in the place of what is masked.
pub const MASK: &str = "••••";

/// Fields whose name says that they hold a secret.
const SECRETS: [&str; 7] = ["password", "secret", "token", "authorization", "cookie", "apikey", "credential"];

/// Shorter words are no tokens of anybody's.
const SHORTEST_TOKEN: usize = 20;

/// A kind as this release knows it. Of another or of a later version nobody can say which fields are personal.
fn known(kind: &str, version: i16) -> Option<&'static Kind> {
    catalog::kind(kind).filter(|kind| version <= kind.version)
}

/// Whether the payload of such a job is shown, but for what in it is masked.
#[must_use]
pub fn shows_args(kind: &str, version: i16) -> bool {
    known(kind, version).is_some()
}

/// The payload of a job. What is not known is masked wholly.
#[must_use]
pub fn args(kind: &str, version: i16, args: Value) -> Value {
    let Some(kind) = known(kind, version) else {
        return Value::String(MASK.to_owned());
    };
    let Value::Object(fields) = args else { return value(args) };
    Value::Object(
        fields
            .into_iter()
            .map(|(name, field)| {
                let masked = if kind.masked.contains(&name.as_str()) { covered(field) } else { named(&name, field) };
                (text(&name), masked)
            })
            .collect(),
    )
}

fn value(value: Value) -> Value {
    match value {
        Value::String(plain) => Value::String(text(&plain)),
        Value::Array(items) => Value::Array(items.into_iter().map(self::value).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, field)| (text(&name), named(&name, field))).collect())
        }
        plain => plain,
    }
}

/// Whether a field's name says that it holds a secret.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRETS.iter().any(|word| name.contains(word))
}

fn named(name: &str, field: Value) -> Value {
    if is_secret(name) && !field.as_str().is_some_and(is_id) { covered(field) } else { value(field) }
}

/// Whether something stands there is no secret; what it is, is.
fn covered(field: Value) -> Value {
    if field.is_null() { field } else { Value::String(MASK.to_owned()) }
}

/// Puts back what was masked, wherever `edited` still has what was `shown` of the `original`.
#[must_use]
pub fn restore(edited: Value, shown: &Value, original: &Value) -> Value {
    if edited == *shown {
        return original.clone();
    }
    match (edited, shown, original) {
        (Value::Object(edited), Value::Object(shown), Value::Object(original)) => {
            // a name may be masked as well: it is found by what is shown of it
            let real = |name: &str| {
                original.keys().find(|real| text(real) == name).cloned().unwrap_or_else(|| name.to_owned())
            };
            let restored = edited.into_iter().map(|(name, field)| {
                let key = real(&name);
                let field = match (shown.get(&name), original.get(&key)) {
                    (Some(shown), Some(original)) => restore(field, shown, original),
                    _ => field,
                };
                (key, field)
            });
            Value::Object(restored.collect())
        }
        (Value::Array(edited), Value::Array(shown), Value::Array(original)) => {
            let mut pairs = shown.iter().zip(original);
            let restored = edited.into_iter().map(|item| match pairs.next() {
                Some((shown, original)) => restore(item, shown, original),
                None => item,
            });
            Value::Array(restored.collect())
        }
        (edited, ..) => edited,
    }
}

/// Where something masked stands, by names of fields with dots between.
#[must_use]
pub fn left_in(args: &Value) -> Option<String> {
    match args {
        Value::String(plain) => plain.contains(MASK).then(String::new),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let inner = left_in(field)?;
            Some(if inner.is_empty() { name.clone() } else { format!("{name}.{inner}") })
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(number, item)| {
            let inner = left_in(item)?;
            Some(if inner.is_empty() { number.to_string() } else { format!("{number}.{inner}") })
        }),
        _ => None,
    }
}

/// Prose (an error, a log line): email addresses and tokens in it are masked, the rest stays.
#[must_use]
pub fn text(plain: &str) -> String {
    words(plain, |word| is_address(word) || word.split('.').any(is_token))
}

/// A backtrace: the names of symbols look like tokens, so only email addresses are masked.
#[must_use]
pub fn backtrace(plain: &str) -> String {
    words(plain, is_address)
}

fn words(plain: &str, hidden: impl Fn(&str) -> bool) -> String {
    let mut shown = String::with_capacity(plain.len());
    for piece in plain.split_inclusive(ends_word) {
        let word = piece.trim_end_matches(ends_word);
        let (word, stop) = word.split_at(word.trim_end_matches('.').len());
        let shown_word = if hidden(word) { MASK } else { word };
        let end = &piece[word.len() + stop.len()..];
        let _ = write!(shown, "{shown_word}{stop}{end}");
    }
    shown
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>\"'`()[]{},;:=&?#/\\|!*$".contains(c)
}

fn is_address(word: &str) -> bool {
    word.split_once('@')
        .or_else(|| word.split_once("%40"))
        .is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty())
}

/// Hyphenated, as ids are written everywhere in the product.
fn is_id(word: &str) -> bool {
    word.len() == 36 && Uuid::try_parse(word).is_ok()
}

/// A long word of letters and digits in no readable order. Words joined by hyphens or underscores (`q4-2026-export-all`)
/// count only when capitals are mixed in.
fn is_token(word: &str) -> bool {
    let has = |class: fn(&u8) -> bool| word.as_bytes().iter().any(class);
    word.len() >= SHORTEST_TOKEN
        && !is_id(word)
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_+~".contains(&byte))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) || !has(|byte| b"-_".contains(byte)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01939c2e-7f11-7c65-9d3a-52a0e7f3c0aa";
    const TOKEN: &str = "kP3v9XcQ2m-LtR8_wZ5yB1nH6jD4fG7sA0uE9iO2xVc";

    #[test]
    fn ids_and_plain_words_stay() {
        for plain in [
            ID,
            "import 01939c2e-7f11-7c65-9d3a-52a0e7f3c0aa failed at row 12: the name is empty.",
            "clients-2026-autumn-export-for-northlight.csv",
            "connection refused (os error 111)",
            "imports/01939c2e-7f11-7c65-9d3a-52a0e7f3c0aa/source",
            "an unusually-long-word-without-any-number-in-it",
            "@home",
            "…",
            "",
        ] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn mail_addresses_and_tokens_go() {
        assert_eq!(text("550 <nina@northlight.example>: no such user."), format!("550 <{MASK}>: no such user."));
        assert_eq!(text("to nina@northlight.example."), format!("to {MASK}."));
        assert_eq!(text("björn@åkesson.example"), MASK);
        assert_eq!(text("?email=a%40b.example&x=1"), format!("?email={MASK}&x=1"));
        assert_eq!(text("postgres://app:hunter2@db/x"), format!("postgres://app:{MASK}/x"));
        assert_eq!(text(&format!("/reset-password#{TOKEN}")), format!("/reset-password#{MASK}"));
        assert_eq!(text("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln"), MASK);
        assert_eq!(text(&"0a1b2c3d".repeat(8)), MASK);
    }

    #[test]
    fn symbols_of_a_backtrace_stay() {
        let symbol = "_ZN4core9panicking9panic_fmt17h0123456789abcdefE";
        assert_eq!(backtrace(&format!("{symbol} for a@b.example")), format!("{symbol} for {MASK}"));
    }

    #[test]
    fn args_of_known_kinds_keep_their_ids() {
        let shown = args(
            "imports.chunk",
            1,
            json!({ "import_id": ID, "chunk": 3, "resetToken": "short", "token_id": ID, "api_key": null,
                "rows": [{ "email": "a@b.example", "note": "call" }], "a@b.example": true }),
        );
        let expected = json!({ "import_id": ID, "chunk": 3, "resetToken": MASK, "token_id": ID, "api_key": null,
            "rows": [{ "email": MASK, "note": "call" }], MASK: true });
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_is_left_masked_stays_as_it_was() {
        let original = json!({ "chunk": 3, "cc": "a@b.example", "rows": [{ "email": "c@d.example" }, { "email": "e@f.example" }] });
        let shown = args("imports.chunk", 1, original.clone());
        assert_eq!(restore(shown.clone(), &shown, &original), original);
        let edited = json!({ "chunk": 4, "cc": MASK, "rows": [{ "email": "new@d.example" }, { "email": MASK }] });
        let expected = json!({ "chunk": 4, "cc": "a@b.example", "rows": [{ "email": "new@d.example" }, { "email": "e@f.example" }] });
        assert_eq!(restore(edited, &shown, &original), expected);
        let misplaced = restore(json!({ "chunk": MASK, "bcc": { "to": [MASK] } }), &shown, &original);
        assert_eq!(left_in(&json!({ "bcc": { "to": [MASK] } })), Some("bcc.to.0".to_owned()));
        assert!(left_in(&misplaced).is_some());
        assert_eq!(left_in(&original), None);
    }

    #[test]
    fn what_is_not_known_is_masked_wholly() {
        assert_eq!(args("gone.kind", 1, json!({ "id": ID })), json!(MASK));
        assert_eq!(args("imports.chunk", 9, json!({ "id": ID })), json!(MASK));
    }
}
