mod change_role;
mod list;
mod remove;
