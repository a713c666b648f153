//! What a contact may consist of.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{ContactRow, Fields};
use crate::{
    clients::input::is_phone,
    error::Result,
    input::{Checks, kept, patch},
    tenant::Access,
};

/// A contact, who may be known already by the email address.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewContact {
    /// Name, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Email address; two contacts who are not archived cannot share one.
    #[schema(format = "email")]
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// What they are in their company.
    pub title: Option<String>,
    /// Name of the company; found or added by it.
    pub company: Option<String>,
    /// The client they belong to; found or added unless given.
    pub client_id: Option<Uuid>,
    /// What they may do in the portal: all of it unless given.
    pub access: Option<Access>,
}

/// A change: fields that are left out stay as they are, null empties a field that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactChange {
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
    /// Phone number.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// What they are in their company.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub title: Option<Option<String>>,
    /// Name of the company; found or added by it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub company: Option<Option<String>>,
    /// What they may do in the portal.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Access, required = false)]
    pub access: Option<Access>,
}

impl NewContact {
    /// The columns of the contact and the name of the company.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn checked(&self) -> Result<(Fields, Option<String>)> {
        let mut checks = Checks::new();
        let name = checks.required("name", "The name", &self.name, 255);
        let email = self.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
        let email = email.map(|email| checks.email("email", email));
        let phone = checks.optional("phone", "The phone number", self.phone.as_deref(), 40);
        if phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            checks.wrong("phone", "not_a_phone", "A phone number has digits, spaces and + ( ) - . / only.");
        }
        let title = checks.optional("title", "The title", self.title.as_deref(), 255);
        let company = checks.optional("company", "The company", self.company.as_deref(), 255);
        checks.done()?;
        let access = self.access.unwrap_or(Access::Full).as_str().to_owned();
        Ok((Fields { name, email, phone, title, access }, company))
    }
}

impl ContactChange {
    /// What the contact is after the change.
    pub(super) fn onto(self, row: &ContactRow) -> Result<NewContact> {
        Ok(NewContact {
            name: self.name.unwrap_or_else(|| row.name.clone()),
            email: self.email.unwrap_or_else(|| row.email.clone()),
            phone: self.phone.unwrap_or_else(|| row.phone.clone()),
            title: self.title.unwrap_or_else(|| row.title.clone()),
            company: self.company.unwrap_or_else(|| row.company.clone()),
            client_id: Some(row.client_id),
            access: Some(self.access.map_or_else(|| row.access(), Ok)?),
        })
    }
}
