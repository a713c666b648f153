-- The page says what undoing an import would do, and the job that undoes it locks the merges of its clients.
grant select on import_updates to ledgerline_app;
grant update (state) on merges to ledgerline_engine;
