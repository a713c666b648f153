mod csrf;
mod cursors;
mod docs;
mod errors;
mod frontend;
mod headers;
mod health;
mod problems;
