revoke select (workspace_id, import_id, client_id, chunk, row_number) on import_updates from ledgerline_app;
