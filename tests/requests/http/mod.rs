mod csrf;
mod docs;
mod errors;
mod frontend;
mod headers;
mod health;
mod problems;
