//! The fields of two clients, one by one: which differ, and what is left when one of each is chosen.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clients::queries::Fields;

/// A field that is chosen as a whole: a budget means nothing without its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MergeField)]
pub enum Field {
    /// Name.
    Name,
    /// Email address.
    Email,
    /// Company.
    Company,
    /// Phone number.
    Phone,
    /// Time zone.
    Timezone,
    /// Genres.
    Genres,
    /// Budget and its currency.
    Budget,
    /// How they want to hear from us.
    Communication,
    /// Satisfaction.
    Satisfaction,
    /// Who sent them.
    ReferralSource,
    /// Notes.
    Notes,
}

impl Field {
    const ALL: [Self; 11] = [
        Self::Name,
        Self::Email,
        Self::Company,
        Self::Phone,
        Self::Timezone,
        Self::Genres,
        Self::Budget,
        Self::Communication,
        Self::Satisfaction,
        Self::ReferralSource,
        Self::Notes,
    ];

    /// Whether both have the same there.
    #[must_use]
    pub fn is_same(self, one: &Fields, other: &Fields) -> bool {
        let mut copy = one.clone();
        self.copy(other, &mut copy);
        copy == *one
    }

    /// Writes what one has there into the other.
    pub fn copy(self, from: &Fields, to: &mut Fields) {
        match self {
            Self::Name => to.name.clone_from(&from.name),
            Self::Email => to.email.clone_from(&from.email),
            Self::Company => to.company.clone_from(&from.company),
            Self::Phone => {
                to.phone.clone_from(&from.phone);
                to.phone_e164.clone_from(&from.phone_e164);
            }
            Self::Timezone => to.timezone.clone_from(&from.timezone),
            Self::Genres => to.genres.clone_from(&from.genres),
            Self::Budget => {
                (to.budget_min_minor, to.budget_max_minor) = (from.budget_min_minor, from.budget_max_minor);
                to.budget_currency.clone_from(&from.budget_currency);
            }
            Self::Communication => {
                to.contact_by_email = from.contact_by_email;
                to.contact_by_sms = from.contact_by_sms;
                to.contact_by_phone = from.contact_by_phone;
            }
            Self::Satisfaction => to.satisfaction = from.satisfaction,
            Self::ReferralSource => to.referral_source.clone_from(&from.referral_source),
            Self::Notes => to.notes.clone_from(&from.notes),
        }
    }

    /// The fields in which two clients differ.
    #[must_use]
    pub fn differing(one: &Fields, other: &Fields) -> Vec<Self> {
        Self::ALL.into_iter().filter(|field| !field.is_same(one, other)).collect()
    }
}

/// One client out of two: all of `kept`, but for what is taken from the other.
#[must_use]
pub fn merged(kept: &Fields, other: &Fields, taken: &[Field]) -> Fields {
    let mut fields = kept.clone();
    for field in taken {
        field.copy(other, &mut fields);
    }
    fields
}

/// A client as before a merge, but for fields that somebody has changed since.
#[must_use]
pub fn unmerged(now: &Fields, before: &Fields, after: &Fields) -> Fields {
    let mut fields = now.clone();
    for field in Field::ALL {
        if field.is_same(now, after) {
            field.copy(before, &mut fields);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(name: &str, email: Option<&str>, notes: Option<&str>) -> Fields {
        let text = |value: Option<&str>| value.map(str::to_owned);
        Fields { name: name.to_owned(), email: text(email), notes: text(notes), ..Fields::default() }
    }

    #[test]
    fn what_is_taken_comes_from_the_other() {
        let (kept, other) = (client("Ada", None, Some("mine")), client("Ada O.", Some("ada@example.com"), None));
        assert_eq!(Field::differing(&kept, &other), [Field::Name, Field::Email, Field::Notes]);
        let fields = merged(&kept, &other, &[Field::Email]);
        assert_eq!(fields, client("Ada", Some("ada@example.com"), Some("mine")));
    }

    #[test]
    fn what_was_changed_since_stays() {
        let (before, other) = (client("Ada", None, None), client("Ada O.", Some("ada@example.com"), None));
        let after = merged(&before, &other, &[Field::Name, Field::Email]);
        let now = Fields { notes: Some("new".to_owned()), name: "Ada Okafor".to_owned(), ..after.clone() };
        assert_eq!(unmerged(&now, &before, &after), client("Ada Okafor", None, Some("new")));
        assert_eq!(unmerged(&after, &before, &after), before);
    }
}
