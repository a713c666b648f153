//! Jobs in the console: which ones ([`filter`], [`search`]), how far they are looked for ([`look`]), what a list
//! ([`list`]) and the page of one ([`job`]) show of them, and what an operator does to one.

pub mod cancel;
pub mod filter;
pub mod job;
pub mod list;
pub mod look;
pub mod queries;
pub mod retry;
pub mod search;
pub mod waiting;
