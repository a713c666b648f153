//! What is chosen before an import starts.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::mapping::Mapping;
use crate::{
    clients::input::is_money,
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
        if currency.as_deref().is_some_and(|code| !is_money(code)) {
            let message = "Use the three letters of a currency of today, such as EUR.";
            let mut errors = mapping.err().map(|error| error.errors).unwrap_or_default();
            errors.push(FieldError::new("budgetCurrency", "unknown", message));
            return Err(Error::invalid(errors));
        }
        Ok(Checked { mapping: mapping?, budget_currency: currency })
    }
}
