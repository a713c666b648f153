mod decide;
mod guests;
mod hydrate;
