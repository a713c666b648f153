mod archive;
mod list;
mod update;
mod upsert;
