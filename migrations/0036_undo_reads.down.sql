revoke update (state) on merges from ledgerline_engine;
revoke select on import_updates from ledgerline_app;
