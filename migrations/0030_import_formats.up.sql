-- How a file is written is found out, and may be corrected before the start: what stands between cells, around them, in
-- which encoding, and whether the first row holds names. A file without such a row begins with its data.
alter table imports
  add column encoding text not null default 'utf-8'
    check (encoding in ('utf-8', 'utf-16le', 'utf-16be', 'windows-1252')),
  add column quote text not null default '"' check (quote in ('"', '''')),
  add column has_header boolean not null default true,
  -- which program wrote it, when its columns tell
  add column source text check (length(source) between 1 and 60),
  -- of the bytes as they were sent; files of earlier releases have none
  add column sha256 bytea check (length(sha256) = 32),
  -- of the set of its headings; a file without headings has none
  add column headings_key bytea check (length(headings_key) = 32),
  -- who started it; imports of earlier releases do not tell
  add column started_by uuid references users (id),
  -- of amounts without a currency of their own
  add column budget_currency text check (budget_currency ~ '^[A-Z]{3}$'),
  drop constraint imports_data_start_check,
  add constraint imports_data_start_check check (data_start >= 0),
  drop constraint imports_data_row_check,
  add constraint imports_data_row_check check (data_row > 0);
create index imports_by_content on imports (workspace_id, sha256);
grant update (delimiter, quote, encoding, has_header, source, headings_key, data_start, data_row, data_line, columns,
  preview, budget_currency, started_by) on imports to ledgerline_app;

-- Which heading became what, the last time that a file with these headings was imported.
create table import_mappings (
  workspace_id uuid not null references workspaces (id),
  headings_key bytea not null check (length(headings_key) = 32),
  -- heading to field
  mapping jsonb not null,
  budget_currency text check (budget_currency ~ '^[A-Z]{3}$'),
  used_by uuid not null references users (id),
  used_at timestamptz not null,
  primary key (workspace_id, headings_key)
);
alter table import_mappings enable row level security;
alter table import_mappings force row level security;
create policy tenant on import_mappings to ledgerline_app, ledgerline_engine
  using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());
grant select, insert, update on import_mappings to ledgerline_app;
