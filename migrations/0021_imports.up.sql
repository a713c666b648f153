-- Files of clients on their way in. The file itself stands in the storage; here stands what is known of it.
create table imports (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  filename text not null check (length(filename) between 1 and 255),
  size_bytes bigint not null check (size_bytes > 0),
  storage_path text not null,
  state text not null default 'uploaded'
    check (state in ('uploaded', 'planning', 'running', 'completed', 'cancelled', 'failed')),
  delimiter text not null check (delimiter in (',', ';', E'\t', '|')),
  -- where the rows begin: after the heading
  data_start bigint not null check (data_start > 0),
  data_row bigint not null check (data_row > 1),
  data_line bigint not null check (data_line > 0),
  columns jsonb not null,
  preview jsonb not null,
  mapping jsonb,
  total_rows bigint check (total_rows >= 0),
  failure text,
  batch_id uuid,
  created_by uuid not null references users (id),
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  unique (workspace_id, id)
);
create index imports_page on imports (workspace_id, created_at, id);

-- One part of the file, cut at the ends of records. Progress is the sum over these: a counter in `imports` would be
-- one row that all chunks wait for.
create table import_chunks (
  workspace_id uuid not null,
  import_id uuid not null,
  chunk integer not null check (chunk >= 0),
  first_row bigint not null,
  first_line bigint not null,
  byte_start bigint not null,
  byte_end bigint not null check (byte_end > byte_start),
  rows integer not null check (rows > 0),
  created integer not null default 0 check (created >= 0),
  skipped integer not null default 0 check (skipped >= 0),
  rejected integer not null default 0 check (rejected >= 0),
  done_at timestamptz,
  primary key (workspace_id, import_id, chunk),
  foreign key (workspace_id, import_id) references imports (workspace_id, id),
  -- no row counted twice, none lost
  constraint import_chunks_rows_add_up check (created + skipped + rejected = case when done_at is null then 0 else rows end)
);

-- Rows that could not become clients, as they stood in the file.
create table import_rejects (
  workspace_id uuid not null,
  import_id uuid not null,
  row_number bigint not null,
  columns text[] not null,
  reasons jsonb not null,
  primary key (workspace_id, import_id, row_number),
  foreign key (workspace_id, import_id) references imports (workspace_id, id)
);

do $$
declare
  t text;
begin
  foreach t in array array['imports', 'import_chunks', 'import_rejects'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to ledgerline_app, ledgerline_engine
      using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', t);
  end loop;
end
$$;
grant select, insert on imports to ledgerline_app;
grant update (state, mapping, started_at, finished_at) on imports to ledgerline_app;
grant select on import_chunks, import_rejects to ledgerline_app;
grant select on imports to ledgerline_engine;
grant update (state, total_rows, failure, batch_id, finished_at) on imports to ledgerline_engine;
grant select, insert on import_chunks, import_rejects to ledgerline_engine;
grant update (created, skipped, rejected, done_at) on import_chunks to ledgerline_engine;
