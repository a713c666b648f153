mod archive;
mod create;
mod export;
mod history;
mod list;
mod search;
mod update;
