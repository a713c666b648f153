mod archive;
mod create;
mod list;
mod update;
