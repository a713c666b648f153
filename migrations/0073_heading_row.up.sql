-- People write titles above the names of their columns. The row that holds the names, as a spreadsheet counts; none for a
-- file without names, and for imports of earlier releases, whose names stand above their data.
alter table imports add column heading_row bigint check (heading_row > 0),
  add constraint imports_heading_row_is_a_header check (heading_row is null or has_header);
grant update (heading_row) on imports to ledgerline_app;
