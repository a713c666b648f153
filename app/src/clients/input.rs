//! What a client may consist of: the checks that forms and imports share.

use iso_currency::Currency;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    phone::{self, Region},
    queries::{ClientRow, Fields},
    view::{BudgetMinor, Communication},
};
use crate::{
    error::Result,
    input::{Checks, kept, patch},
};

/// A new client.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewClient {
    /// Name, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Email address; two clients who are not archived cannot share one.
    #[schema(format = "email")]
    pub email: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// What they work in, at most 20.
    pub genres: Option<Vec<String>>,
    /// What they want to spend; needs `budgetCurrency`.
    pub budget_minor: Option<BudgetMinor>,
    /// ISO 4217; needs `budgetMinor`.
    pub budget_currency: Option<String>,
    /// How they want to hear from us.
    pub communication: Option<Communication>,
    /// 1 to 5.
    pub satisfaction: Option<i16>,
    /// Who sent them.
    pub referral_source: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// A change: fields that are left out stay as they are, null empties a field that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientChange {
    /// The version that was read.
    pub version: i32,
    /// Name.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// Email address.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Company.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub company: Option<Option<String>>,
    /// Phone number.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// IANA time zone.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub timezone: Option<Option<String>>,
    /// What they work in.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Vec<String>, required = false)]
    pub genres: Option<Vec<String>>,
    /// What they want to spend.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<BudgetMinor>)]
    pub budget_minor: Option<Option<BudgetMinor>>,
    /// ISO 4217.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub budget_currency: Option<Option<String>>,
    /// How they want to hear from us.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Communication, required = false)]
    pub communication: Option<Communication>,
    /// 1 to 5.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<i16>)]
    pub satisfaction: Option<Option<i16>>,
    /// Who sent them.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub referral_source: Option<Option<String>>,
    /// Notes.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub notes: Option<Option<String>>,
}

impl ClientChange {
    /// What the client is after the change.
    #[must_use]
    pub fn onto(self, row: &ClientRow) -> NewClient {
        let budget = row.budget_min_minor.zip(row.budget_max_minor).map(|(min, max)| BudgetMinor { min, max });
        let communication =
            Communication { email: row.contact_by_email, sms: row.contact_by_sms, phone: row.contact_by_phone };
        NewClient {
            name: self.name.unwrap_or_else(|| row.name.clone()),
            email: self.email.unwrap_or_else(|| row.email.clone()),
            company: self.company.unwrap_or_else(|| row.company.clone()),
            phone: self.phone.unwrap_or_else(|| row.phone.clone()),
            timezone: self.timezone.unwrap_or_else(|| row.timezone.clone()),
            genres: Some(self.genres.unwrap_or_else(|| row.genres.clone())),
            budget_minor: self.budget_minor.unwrap_or(budget),
            budget_currency: self.budget_currency.unwrap_or_else(|| row.budget_currency.clone()),
            communication: Some(self.communication.unwrap_or(communication)),
            satisfaction: self.satisfaction.unwrap_or(row.satisfaction),
            referral_source: self.referral_source.unwrap_or_else(|| row.referral_source.clone()),
            notes: self.notes.unwrap_or_else(|| row.notes.clone()),
        }
    }
}

impl NewClient {
    /// The columns of a new client, when every field is as it must be.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub fn checked(self) -> Result<Fields> {
        self.checked_against(None, None)
    }

    /// [`NewClient::checked`], with the region of phone numbers that do not begin with +.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub fn checked_in(self, region: Option<Region>) -> Result<Fields> {
        self.checked_against(None, region)
    }

    /// The columns of a client who was like `before`. Rules become stricter with time, so what is the same as before
    /// stays as it stands, and only what differs has to be as it must be today.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub fn checked_beside(self, before: &ClientRow) -> Result<Fields> {
        self.checked_against(Some(before), None)
    }

    fn checked_against(self, before: Option<&ClientRow>, region: Option<Region>) -> Result<Fields> {
        let mut checks = Checks::new();
        let name =
            unless_same(self.name, before.map(|row| &row.name), |name| checks.required("name", "The name", &name, 255));
        let email = unless_same(self.email, before.map(|row| &row.email), |email| {
            let email = email.as_deref().map(str::trim).filter(|email| !email.is_empty())?;
            Some(checks.email("email", email))
        });
        let company = unless_same(self.company, before.map(|row| &row.company), |company| {
            checks.optional("company", "The company", company.as_deref(), 255)
        });
        let phone =
            unless_same(self.phone, before.map(|row| &row.phone), |phone| check_phone(&mut checks, phone.as_deref()));
        let timezone = unless_same(self.timezone, before.map(|row| &row.timezone), |zone| {
            check_timezone(&mut checks, zone.as_deref())
        });
        let genres = unless_same(self.genres.unwrap_or_default(), before.map(|row| &row.genres), |genres| {
            check_genres(&mut checks, &genres)
        });
        let budget_currency = unless_same(self.budget_currency, before.map(|row| &row.budget_currency), |currency| {
            check_currency(&mut checks, currency.as_deref())
        });
        check_budget(&mut checks, self.budget_minor, budget_currency.is_some());
        if self.satisfaction.is_some_and(|stars| !(1..=5).contains(&stars)) {
            checks.wrong("satisfaction", "out_of_range", "Satisfaction goes from 1 to 5.");
        }
        let referral_source = unless_same(self.referral_source, before.map(|row| &row.referral_source), |source| {
            checks.optional("referralSource", "The referral source", source.as_deref(), 255)
        });
        let notes = unless_same(self.notes, before.map(|row| &row.notes), |notes| {
            checks.text("notes", "The notes", notes.as_deref(), 10_000)
        });
        checks.done()?;
        let phone_e164 = match before {
            // the region that it was read with is known to nobody any more
            Some(row) if row.phone == phone => row.phone_e164.clone(),
            _ => phone.as_deref().and_then(|phone| phone::e164(phone, region)),
        };
        let communication = self.communication.unwrap_or(Communication { email: true, sms: false, phone: false });
        Ok(Fields {
            name,
            email,
            company,
            phone,
            timezone,
            genres,
            budget_min_minor: self.budget_minor.map(|budget| budget.min),
            budget_max_minor: self.budget_minor.map(|budget| budget.max),
            budget_currency,
            contact_by_email: communication.email,
            contact_by_sms: communication.sms,
            contact_by_phone: communication.phone,
            satisfaction: self.satisfaction,
            referral_source,
            notes,
            phone_e164,
        })
    }
}

fn unless_same<T: PartialEq>(value: T, before: Option<&T>, check: impl FnOnce(T) -> T) -> T {
    if before == Some(&value) { value } else { check(value) }
}

fn check_phone(checks: &mut Checks, phone: Option<&str>) -> Option<String> {
    let phone = checks.optional("phone", "The phone number", phone, 40)?;
    if !is_phone(&phone) {
        checks.wrong("phone", "not_a_phone", "A phone number has digits, spaces and + ( ) - . / only.");
    }
    Some(phone)
}

fn check_timezone(checks: &mut Checks, zone: Option<&str>) -> Option<String> {
    let zone = zone.map(str::trim).filter(|zone| !zone.is_empty())?;
    if zone.parse::<chrono_tz::Tz>().is_err() {
        checks.wrong("timezone", "unknown", "Choose a time zone such as Europe/Berlin.");
    }
    Some(zone.to_owned())
}

fn check_genres(checks: &mut Checks, sent: &[String]) -> Vec<String> {
    let mut genres: Vec<String> = Vec::new();
    for genre in sent {
        let Some(genre) = checks.optional("genres", "A genre", Some(genre), 60) else { continue };
        // files of clients part genres there
        if genre.contains(';') {
            checks.wrong("genres", "bad_characters", "Write each genre by itself, without semicolons.");
        }
        if !genres.iter().any(|known| known.to_lowercase() == genre.to_lowercase()) {
            genres.push(genre);
        }
    }
    if genres.len() > 20 {
        checks.wrong("genres", "too_many", "Use at most 20 genres.");
    }
    genres
}

fn check_currency(checks: &mut Checks, code: Option<&str>) -> Option<String> {
    let code = code.map(|code| code.trim().to_uppercase()).filter(|code| !code.is_empty())?;
    if !is_money(&code) {
        checks.wrong("budgetCurrency", "unknown", "Use the three letters of a currency of today, such as EUR.");
    }
    Some(code)
}

/// Beyond this, JavaScript cannot hold the number exactly.
const MAX_MINOR: i64 = 9_007_199_254_740_991;

fn check_budget(checks: &mut Checks, budget: Option<BudgetMinor>, has_currency: bool) {
    if let Some(BudgetMinor { min, max }) = budget {
        if min < 0 || max < min || max > MAX_MINOR {
            checks.wrong("budgetMinor", "out_of_range", "The budget goes from 0 upwards, its least amount first.");
        }
        if !has_currency {
            checks.wrong("budgetCurrency", "required", "A budget needs a currency.");
        }
    } else if has_currency {
        checks.wrong("budgetMinor", "required", "A currency needs a budget.");
    }
}

/// Whether one can pay with it: ISO 4217 also has funds, metals, codes for tests, and currencies of the past.
pub(crate) fn is_money(code: &str) -> bool {
    Currency::from_code(code).is_some_and(|currency| {
        // the crate takes VES for replaced by VED, but they stand beside each other, and people use VES
        let past = currency.is_superseded().is_some() && currency != Currency::VES;
        !past && !currency.is_fund() && !currency.is_special()
    })
}

pub(crate) fn is_phone(phone: &str) -> bool {
    phone.chars().any(|c| c.is_ascii_digit())
        && phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-' | '.' | '/' | 'x'))
}
