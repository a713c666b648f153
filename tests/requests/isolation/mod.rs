mod catalog;
pub(crate) mod routes;
mod rows;
