mod catalog;
mod routes;
mod rows;
