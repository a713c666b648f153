mod create;
mod rename;
