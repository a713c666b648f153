//! Which column becomes what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::Result, input::Checks};

/// What a column can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportField)]
pub enum Field {
    /// The whole name.
    Name,
    /// First name; joined with the middle and last name where no column holds the whole.
    FirstName,
    /// Middle name.
    MiddleName,
    /// Last name.
    LastName,
    /// Email address.
    Email,
    /// Another address: taken where the first is empty, else kept in the notes.
    OtherEmail,
    /// Company.
    Company,
    /// Phone number.
    Phone,
    /// Another number: taken where the first is empty, else kept in the notes.
    OtherPhone,
    /// IANA time zone.
    Timezone,
    /// Genres, several in one cell.
    Genres,
    /// Least amount of the budget.
    BudgetMin,
    /// Largest amount of the budget.
    BudgetMax,
    /// ISO 4217.
    BudgetCurrency,
    /// Ways they like to hear from us: email, sms, phone, or none.
    Communication,
    /// 1 to 5.
    Satisfaction,
    /// Who sent them.
    ReferralSource,
    /// Notes.
    Notes,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Name,
        Self::FirstName,
        Self::MiddleName,
        Self::LastName,
        Self::Email,
        Self::OtherEmail,
        Self::Company,
        Self::Phone,
        Self::OtherPhone,
        Self::Timezone,
        Self::Genres,
        Self::BudgetMin,
        Self::BudgetMax,
        Self::BudgetCurrency,
        Self::Communication,
        Self::Satisfaction,
        Self::ReferralSource,
        Self::Notes,
    ];

    /// As the API and the rows of the database call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::FirstName => "firstName",
            Self::MiddleName => "middleName",
            Self::LastName => "lastName",
            Self::Email => "email",
            Self::OtherEmail => "otherEmail",
            Self::Company => "company",
            Self::Phone => "phone",
            Self::OtherPhone => "otherPhone",
            Self::Timezone => "timezone",
            Self::Genres => "genres",
            Self::BudgetMin => "budgetMin",
            Self::BudgetMax => "budgetMax",
            Self::BudgetCurrency => "budgetCurrency",
            Self::Communication => "communication",
            Self::Satisfaction => "satisfaction",
            Self::ReferralSource => "referralSource",
            Self::Notes => "notes",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether several columns may become it.
    const fn is_of_many(self) -> bool {
        matches!(self, Self::OtherEmail | Self::OtherPhone | Self::Genres | Self::Notes)
    }
}

/// A checked mapping: each field from at most one column, but for other addresses and numbers, genres and notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    columns: BTreeMap<usize, Field>,
}

impl Mapping {
    /// Checks what was sent for a file with `columns` columns; `has_currency` says that amounts have one without a column.
    ///
    /// # Errors
    /// 422 with every column that is wrong.
    pub fn checked(sent: &BTreeMap<String, String>, columns: usize, has_currency: bool) -> Result<Self> {
        let mut checks = Checks::new();
        let mut mapped: BTreeMap<usize, Field> = BTreeMap::new();
        for (index, field) in sent {
            let place = format!("mapping.{index}");
            // written in one way only, or two keys could mean one column
            let number = index.parse().ok().filter(|number: &usize| *number < columns && number.to_string() == *index);
            let Some(index) = number else {
                checks.wrong(&place, "no_such_column", format!("The file has no column {index}; it has {columns}."));
                continue;
            };
            let Some(field) = Field::by_name(field) else {
                checks.wrong(&place, "no_such_field", format!("A client has no field {field}."));
                continue;
            };
            if !field.is_of_many() && mapped.values().any(|taken| *taken == field) {
                let message = format!("Two columns cannot both become {}. Leave one of them out.", field.name());
                checks.wrong(&place, "mapped_twice", message);
            }
            mapped.insert(index, field);
        }
        let mapping = Self { columns: mapped };
        let naming = [Field::Name, Field::FirstName, Field::LastName, Field::Email];
        if !naming.into_iter().any(|field| mapping.has(field)) {
            let message = "Choose the column that holds the name, the first or the last name, or the email address.";
            checks.wrong("mapping", "no_name", message);
        }
        let budget = mapping.has(Field::BudgetMin) || mapping.has(Field::BudgetMax);
        if budget && !has_currency && !mapping.has(Field::BudgetCurrency) {
            let message = "Choose the currency of the budgets, the column that holds it, or leave the budget out.";
            checks.wrong("mapping", "no_currency", message);
        }
        checks.done()?;
        Ok(mapping)
    }

    /// A mapping that was checked before it was stored.
    ///
    /// # Errors
    /// As [`Mapping::checked`].
    pub fn stored(stored: &serde_json::Value, columns: usize, has_currency: bool) -> Result<Self> {
        let sent = serde_json::from_value(stored.clone()).map_err(crate::Error::internal)?;
        Self::checked(&sent, columns, has_currency)
    }

    /// As it is stored and sent.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.columns.iter().map(|(index, field)| (index.to_string(), field.name())).collect()
    }

    /// Whether some column becomes `field`.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.columns.values().any(|mapped| *mapped == field)
    }

    /// Columns and what they become, from left to right.
    pub fn columns(&self) -> impl Iterator<Item = (usize, Field)> + '_ {
        self.columns.iter().map(|(index, field)| (*index, *field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(pairs: &[(&str, &str)]) -> Result<Mapping, Vec<String>> {
        let sent = pairs.iter().map(|(index, field)| ((*index).to_owned(), (*field).to_owned())).collect();
        Mapping::checked(&sent, 3, false)
            .map_err(|error| error.errors.into_iter().map(|each| each.code.into_owned()).collect())
    }

    #[test]
    fn a_mapping_names_columns_of_the_file_and_each_field_once() {
        let mapping = checked(&[("2", "email"), ("0", "name")]).unwrap();
        assert_eq!(mapping.columns().collect::<Vec<_>>(), [(0, Field::Name), (2, Field::Email)]);
        assert_eq!(mapping.to_json(), serde_json::json!({ "0": "name", "2": "email" }));
        assert_eq!(Mapping::stored(&mapping.to_json(), 3, false).unwrap(), mapping);
        for enough in ["email", "firstName", "lastName"] {
            assert!(checked(&[("1", enough)]).is_ok(), "{enough}");
        }
        for twice in ["+0", "00", " 0", "0.0"] {
            assert_eq!(checked(&[("0", "name"), (twice, "email")]), Err(vec!["no_such_column".to_owned()]), "{twice}");
        }
        assert_eq!(checked(&[]), Err(vec!["no_name".to_owned()]));
        assert_eq!(checked(&[("0", "company")]), Err(vec!["no_name".to_owned()]));
        for budget in ["budgetMin", "budgetMax"] {
            assert_eq!(checked(&[("0", "name"), ("1", budget)]), Err(vec!["no_currency".to_owned()]));
            assert!(checked(&[("0", "name"), ("1", budget), ("2", "budgetCurrency")]).is_ok());
            let sent = [("0", "name"), ("1", budget)].map(|(index, field)| (index.to_owned(), field.to_owned()));
            assert!(Mapping::checked(&BTreeMap::from(sent), 3, true).is_ok());
        }
        assert_eq!(checked(&[("0", "name"), ("1", "name")]), Err(vec!["mapped_twice".to_owned()]));
        for several in ["otherEmail", "otherPhone", "genres", "notes"] {
            assert!(checked(&[("0", "name"), ("1", several), ("2", several)]).is_ok(), "{several}");
        }
        assert_eq!(checked(&[("0", "name"), ("3", "email")]), Err(vec!["no_such_column".to_owned()]));
        assert_eq!(checked(&[("0", "name"), ("-1", "email")]), Err(vec!["no_such_column".to_owned()]));
        assert_eq!(checked(&[("0", "name"), ("1", "shoeSize")]), Err(vec!["no_such_field".to_owned()]));
    }

    #[test]
    fn names_are_those_of_the_wire() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
    }
}
