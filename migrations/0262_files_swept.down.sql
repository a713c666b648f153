revoke update (last_event) on projects from ledgerline_engine;
drop function auth.file_bytes_to_delete(integer);
drop function auth.uploads_that_ran_out(integer);
drop function auth.storage_used();
revoke select (workspace_id, id, size_bytes, offset_bytes, completed_at, expires_at, concat, version_id) on uploads
  from ledgerline_auth;
revoke select (workspace_id, id, file_id, size_bytes, state, storage_path, bytes_deleted_at, created_at) on file_versions
  from ledgerline_auth;
revoke select (workspace_id, id, deleted_at) on files from ledgerline_auth;
drop policy auth on uploads;
drop policy auth on file_versions;
drop policy auth on files;
drop index files_deleted, file_versions_unneeded, file_versions_stored;
