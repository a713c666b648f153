//! What is chosen before an import starts.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{duplicates::Duplicates, mapping::Mapping};
use crate::{
    clients::{input::is_money, phone},
    error::{Error, FieldError, Result},
};

/// What becomes of the file.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ImportChoices)]
pub struct Choices {
    /// Number of a column, from 0, to the field that it becomes. `name`, `firstName`, `lastName` or `email` must be
    /// among them.
    #[schema(example = json!({ "0": "name", "2": "email" }))]
    pub mapping: BTreeMap<String, String>,
    /// ISO 4217: the currency of budgets in rows that name none.
    #[schema(example = "EUR")]
    pub budget_currency: Option<String>,
    /// What becomes of a row whose client is here already: `skip` unless given. A row with an email address is the client
    /// who has it; one without is the client with its phone number, and one without either the client with its name and
    /// company.
    #[serde(default)]
    #[schema(required = false)]
    pub duplicates: Duplicates,
    /// Two letters of the country of phone numbers without a country code; such numbers are not compared unless given.
    #[schema(example = "DE")]
    pub phone_region: Option<String>,
    /// Import the file although it was imported before. A preview takes no notice of it.
    #[serde(default)]
    #[schema(required = false)]
    pub again: bool,
}

/// Choices that can be followed.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Which column becomes what.
    pub mapping: Mapping,
    /// The currency of budgets in rows that name none.
    pub budget_currency: Option<String>,
    /// What becomes of those who are here already.
    pub duplicates: Duplicates,
    /// The country of phone numbers without a country code.
    pub phone_region: Option<String>,
}

impl Choices {
    /// Checks them for a file with so many columns.
    ///
    /// # Errors
    /// 422 with everything that is wrong.
    pub fn checked(&self, columns: usize) -> Result<Checked> {
        let currency = self.budget_currency.as_deref().map(|code| code.trim().to_uppercase());
        let currency = currency.filter(|code| !code.is_empty());
        let mapping = Mapping::checked(&self.mapping, columns, currency.is_some());
        let region = self.phone_region.as_deref().map(|code| code.trim().to_uppercase());
        let region = region.filter(|code| !code.is_empty());
        let mut wrong = Vec::new();
        if currency.as_deref().is_some_and(|code| !is_money(code)) {
            let message = "Use the three letters of a currency of today, such as EUR.";
            wrong.push(FieldError::new("budgetCurrency", "unknown", message));
        }
        if region.as_deref().is_some_and(|code| phone::region(code).is_none()) {
            let message = "Name the country of the phone numbers by its two letters, such as DE.";
            wrong.push(FieldError::new("phoneRegion", "unknown", message));
        }
        if !wrong.is_empty() {
            let mut errors = mapping.err().map(|error| error.errors).unwrap_or_default();
            errors.extend(wrong);
            return Err(Error::invalid(errors));
        }
        let mapping = mapping?;
        Ok(Checked { mapping, budget_currency: currency, duplicates: self.duplicates, phone_region: region })
    }
}
