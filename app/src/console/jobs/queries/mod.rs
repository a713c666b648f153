//! Every statement about jobs.

pub mod details;
pub mod failures;
pub mod fitting;
pub mod lines;
pub mod names;
pub mod places;
pub mod rows;
pub mod searches;
pub mod story;
pub mod texts;
