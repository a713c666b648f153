revoke select on import_updates from ledgerline_app;
grant select on import_updates to ledgerline_app;
grant select (workspace_id, import_id, client_id, chunk, row_number) on import_updates to ledgerline_app;
drop function auth.clients_by_phone(text[], uuid);
