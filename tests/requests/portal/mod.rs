pub(crate) mod decide;
mod guests;
mod hydrate;
