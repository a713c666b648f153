drop table import_mappings;
revoke update (delimiter, data_start, data_row, data_line, columns, preview) on imports from ledgerline_app;
-- files without a row of names may be there, so these hold for what comes
alter table imports
  drop constraint imports_data_start_check,
  add constraint imports_data_start_check check (data_start > 0) not valid,
  drop constraint imports_data_row_check,
  add constraint imports_data_row_check check (data_row > 1) not valid,
  drop column budget_currency,
  drop column started_by,
  drop column headings_key,
  drop column sha256,
  drop column source,
  drop column has_header,
  drop column quote,
  drop column encoding;
