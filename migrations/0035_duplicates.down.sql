revoke select (undo_batch_id) on imports from ledgerline_auth;
drop index imports_unfinished;
create index imports_unfinished on imports (id) where state in ('planning', 'running');
create or replace function auth.unfinished_imports() returns table (workspace_id uuid, import_id uuid, batch_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select i.workspace_id, i.id, i.batch_id from imports i where i.state in ('planning', 'running') $$;
drop function auth.clients_by_name_and_company(text[], text[]);
drop function auth.clients_by_email(text[]);
revoke select (workspace_id, id, name, email, company, phone_e164, archived_at) on clients from ledgerline_auth;
drop policy auth on clients;
drop table merges;
drop table import_leftovers;
drop table import_updates;
update import_chunks set skipped = skipped + updated where updated > 0;
alter table import_chunks
  drop constraint import_chunks_outcomes_are_whole,
  drop constraint import_chunks_rows_add_up,
  drop column updated, drop column outcomes, drop column matched_by, drop column client_ids, drop column undone_at,
  drop column removed, drop column restored, drop column kept,
  add constraint import_chunks_rows_add_up check (created + skipped + rejected = case when done_at is null then 0 else rows end);
revoke update (failure) on imports from ledgerline_app;
update imports set state = 'completed' where state in ('undoing', 'undone');
alter table imports
  drop constraint imports_state_check,
  drop column duplicates, drop column phone_region, drop column planned_at, drop column undo_batch_id,
  drop column undo_started_at, drop column undo_finished_at,
  add constraint imports_state_check
    check (state in ('uploaded', 'planning', 'running', 'completed', 'cancelled', 'failed'));
revoke delete on clients from ledgerline_engine;
drop index clients_by_name_and_company;
drop index clients_by_phone;
alter table clients
  drop constraint clients_merged_into_other, drop column phone_e164, drop column merged_into, drop column import_id,
  drop column import_row;
