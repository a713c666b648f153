revoke delete on import_rejects from ledgerline_engine;
revoke update (columns, preview) on imports from ledgerline_engine;
revoke update (batch_id) on imports from ledgerline_app;
alter table imports drop column open_quote_line, drop column file_deleted_at;
