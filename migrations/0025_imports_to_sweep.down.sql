drop function auth.unfinished_imports();
drop function auth.imports_to_clear(timestamptz, integer);
revoke select (workspace_id, id, state, batch_id, finished_at, cleared_at) on imports from ledgerline_auth;
drop policy auth on imports;
drop index imports_unfinished;
drop index imports_to_clear;
revoke update (cleared_at) on imports from ledgerline_engine;
alter table imports drop column cleared_at;
