mod guests;
mod hydrate;
