-- How imports end: their jobs are one batch from the start on, so that the end of any of them reaches the import; a
-- quotation mark that is never closed is known by its line; files are not kept for ever.
alter table imports
  add column open_quote_line bigint check (open_quote_line > 0),
  add column file_deleted_at timestamptz;
grant update (batch_id) on imports to ledgerline_app;
grant update (open_quote_line, file_deleted_at, columns, preview) on imports to ledgerline_engine;
grant delete on import_rejects to ledgerline_engine;
