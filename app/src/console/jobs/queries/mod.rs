//! Every statement about jobs.

pub mod details;
pub mod lines;
pub mod names;
pub mod places;
pub mod rows;
