//! State machines as tables: which steps there are, from where, and to where. A step is taken by one UPDATE that is
//! guarded by the states it may begin in; anything else is refused, and the refusal says what is possible.

use crate::error::Error;

/// The states of a kind of thing.
pub trait State: Copy + Eq + 'static {
    /// What it is, in a sentence.
    const THING: &'static str;

    /// As stored and sent.
    fn as_str(self) -> &'static str;

    /// Every step there is.
    fn steps() -> &'static [Step<Self>];
}

/// A step between states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<S: 'static> {
    /// What one asks for, as in "approve".
    pub name: &'static str,
    /// Where it begins.
    pub from: &'static [S],
    /// Where it ends.
    pub to: S,
}

impl<S: State> Step<S> {
    /// The states it may begin in, for a guarded UPDATE.
    #[must_use]
    pub fn from_names(&self) -> Vec<String> {
        self.from.iter().map(|state| state.as_str().to_owned()).collect()
    }

    /// Whether it may begin here.
    #[must_use]
    pub fn begins_in(&self, state: S) -> bool {
        self.from.contains(&state)
    }

    /// 409 `wrong_state`: it does not begin in `now`.
    #[must_use]
    pub fn refused(&self, now: S) -> Error {
        let possible: Vec<&str> = S::steps().iter().filter(|step| step.begins_in(now)).map(|step| step.name).collect();
        let possible = if possible.is_empty() { "nothing".to_owned() } else { possible.join(", ") };
        let from: Vec<&str> = self.from.iter().map(|state| state.as_str()).collect();
        Error::conflict(
            "wrong_state",
            format!(
                "The {} is `{}`; `{}` needs it to be `{}`. Possible now: {possible}.",
                S::THING,
                now.as_str(),
                self.name,
                from.join("` or `"),
            ),
        )
    }
}

/// 409 `wrong_state`: something that is not a step, such as an edit, needs other states.
#[must_use]
pub fn not_while<S: State>(what: &str, now: S, allowed: &[S]) -> Error {
    let allowed: Vec<&str> = allowed.iter().map(|state| state.as_str()).collect();
    Error::conflict(
        "wrong_state",
        format!(
            "{what} is not possible while the {} is `{}`, only while it is `{}`.",
            S::THING,
            now.as_str(),
            allowed.join("` or `")
        ),
    )
}

/// A state that the database knows and this release does not.
#[derive(Debug, thiserror::Error)]
#[error("unknown state `{0}`")]
pub struct UnknownState(pub String);

/// An enum of states that is stored as text.
macro_rules! stored_as_text {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::states::UnknownState;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err($crate::states::UnknownState(other.to_owned())),
                }
            }
        }

        impl sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                <str as sqlx::Type<sqlx::Postgres>>::type_info()
            }

            fn compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
                <str as sqlx::Type<sqlx::Postgres>>::compatible(ty)
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::Postgres> for $name {
            fn decode(value: sqlx::postgres::PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<&str as sqlx::Decode<sqlx::Postgres>>::decode(value)?.parse()?)
            }
        }
    };
}
pub(crate) use stored_as_text;
