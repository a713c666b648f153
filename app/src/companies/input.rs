//! What a company may consist of.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{CompanyRow, Fields};
use crate::{
    error::Result,
    input::{Checks, kept, patch},
};

/// A new company.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCompany {
    /// Name, up to 255 characters; two companies that are not archived cannot share one.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Address of its website.
    pub website: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// The contract with a company.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyContract {
    /// The contract; null when there is none any more.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    pub contract_id: Option<Uuid>,
}

/// A change: fields that are left out stay as they are, null empties a field that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyChange {
    /// The version that was read.
    pub version: i32,
    /// Name.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// Address of its website.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub website: Option<Option<String>>,
    /// Phone number.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// Notes.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub notes: Option<Option<String>>,
    /// Whom to turn to: one of its contacts who is not archived.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Uuid, required = false)]
    pub primary_contact_id: Option<Uuid>,
}

impl NewCompany {
    /// The columns.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn checked(self) -> Result<Fields> {
        let mut checks = Checks::new();
        let name = checks.required("name", "The name", &self.name, 255);
        let website = checks.optional("website", "The website", self.website.as_deref(), 255);
        if website.as_deref().is_some_and(|website| !is_website(website)) {
            checks.wrong("website", "not_a_website", "Enter a web address like https://example.com.");
        }
        let phone = checks.optional("phone", "The phone number", self.phone.as_deref(), 40);
        if phone.as_deref().is_some_and(|phone| !crate::clients::input::is_phone(phone)) {
            checks.wrong("phone", "not_a_phone", "A phone number has digits, spaces and + ( ) - . / only.");
        }
        let notes = checks.text("notes", "The notes", self.notes.as_deref(), 10_000);
        checks.done()?;
        Ok(Fields { name, website, phone, notes })
    }
}

impl CompanyChange {
    /// What the company is after the change.
    pub(super) fn onto(self, row: &CompanyRow) -> NewCompany {
        NewCompany {
            name: self.name.unwrap_or_else(|| row.name.clone()),
            website: self.website.unwrap_or_else(|| row.website.clone()),
            phone: self.phone.unwrap_or_else(|| row.phone.clone()),
            notes: self.notes.unwrap_or_else(|| row.notes.clone()),
        }
    }
}

/// Pages link to it, so it may be nothing but an address of the web.
fn is_website(address: &str) -> bool {
    address.parse::<axum::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| host.contains('.'))
    })
}
