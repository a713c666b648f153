mod catalog;
mod plain_owner;
pub(crate) mod routes;
mod rows;
