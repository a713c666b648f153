-- A client's history names the imports that changed it; what stood there before stays with the engine.
grant select (workspace_id, import_id, client_id, chunk, row_number) on import_updates to ledgerline_app;
