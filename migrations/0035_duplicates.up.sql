-- Who is here already: imports match their rows with clients by email address, else phone number, else name and company.
-- What every row became is kept per chunk, since a row per imported row would cost as much as the client itself.

-- `phone_e164` is the number as it is compared, written by whoever writes `phone`. `import_id` and `import_row` say where
-- a client came from; no foreign key, which would be a look-up per imported row, and imports are never deleted.
alter table clients
  add column phone_e164 text check (length(phone_e164) <= 16),
  add column merged_into uuid,
  add column import_id uuid,
  add column import_row bigint,
  add constraint clients_merged_into_other check (merged_into <> id and (merged_into is null or archived_at is not null)),
  add foreign key (workspace_id, merged_into) references clients (workspace_id, id);
-- what can be told without a region; the rest gets its key when the number is written again
update clients set phone_e164 = '+' || regexp_replace(phone, '[^0-9]', '', 'g')
  where phone ~ '^\+[0-9 ./-]+$' and length(regexp_replace(phone, '[^0-9]', '', 'g')) between 7 and 15;
-- only for clients whose key it is: one with an email address is known by that and enters neither
create index clients_by_phone on clients (workspace_id, phone_e164)
  where archived_at is null and email is null and phone_e164 is not null;
create index clients_by_name_and_company on clients
  (workspace_id, lower(btrim(name)), lower(btrim(coalesce(company, '')) collate "und-x-icu"))
  where archived_at is null and email is null and phone_e164 is null;
-- undoing an import removes who it created
grant delete on clients to ledgerline_engine;

alter table imports
  add column duplicates text not null default 'skip'
    check (duplicates in ('skip', 'fillEmpty', 'overwrite', 'createAndSuggest')),
  add column phone_region text check (phone_region ~ '^[A-Z]{2}$'),
  add column planned_at timestamptz,
  add column undo_batch_id uuid,
  add column undo_started_at timestamptz,
  add column undo_finished_at timestamptz,
  drop constraint imports_state_check,
  add constraint imports_state_check
    check (state in ('uploaded', 'planning', 'running', 'completed', 'cancelled', 'failed', 'undoing', 'undone'));
grant update (duplicates, phone_region, undo_batch_id, undo_started_at, undo_finished_at, failure) on imports to ledgerline_app;
grant update (planned_at, undo_finished_at) on imports to ledgerline_engine;

-- `outcomes` has a letter per row: c created, u updated, s skipped, r rejected. `matched_by` says which key a row shares
-- with a client, a letter per row as well: e email address, p phone number, n name and company, - none. `client_ids` has
-- for each row the client that it became or matched.
alter table import_chunks
  add column updated integer not null default 0 check (updated >= 0),
  add column outcomes text,
  add column matched_by text,
  add column client_ids uuid[],
  add column undone_at timestamptz,
  add column removed integer not null default 0 check (removed >= 0),
  add column restored integer not null default 0 check (restored >= 0),
  add column kept integer not null default 0 check (kept >= 0),
  drop constraint import_chunks_rows_add_up,
  add constraint import_chunks_rows_add_up
    check (created + updated + skipped + rejected = case when done_at is null then 0 else rows end),
  add constraint import_chunks_outcomes_are_whole check (outcomes is null or
    (length(outcomes) = rows and length(matched_by) = rows and cardinality(client_ids) = rows));
-- ids do not compress, so it is not tried
alter table import_chunks alter column client_ids set storage external;
grant update (updated, outcomes, matched_by, client_ids, undone_at, removed, restored, kept) on import_chunks to ledgerline_engine;

-- What stood in clients before an import changed them: undoing it writes that back. Of several changes by one import
-- the first is kept. `is_edited` when somebody else changed the client between two of them.
create table import_updates (
  workspace_id uuid not null,
  import_id uuid not null,
  client_id uuid not null,
  chunk integer not null,
  row_number bigint not null,
  before jsonb not null,
  version_before integer not null,
  version_after integer not null,
  is_edited boolean not null default false,
  primary key (workspace_id, import_id, client_id),
  foreign key (workspace_id, import_id, chunk) references import_chunks (workspace_id, import_id, chunk),
  foreign key (workspace_id, client_id) references clients (workspace_id, id) on delete cascade
);
create index import_updates_by_chunk on import_updates (workspace_id, import_id, chunk);
create index import_updates_by_client on import_updates (workspace_id, client_id);

-- Clients that stayed as they were when their import was undone, and why.
create table import_leftovers (
  workspace_id uuid not null,
  import_id uuid not null,
  row_number bigint not null,
  client_id uuid not null,
  reason text not null check (reason in ('edited', 'merged', 'in_use', 'email_taken')),
  primary key (workspace_id, import_id, row_number),
  foreign key (workspace_id, import_id) references imports (workspace_id, id)
);

-- Two clients who may be one person or company: suggested, then accepted or ignored; an accepted merge can be undone.
create table merges (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  -- the one who was here first, and the other
  client_id uuid not null,
  other_id uuid not null check (other_id <> client_id),
  state text not null default 'suggested' check (state in ('suggested', 'ignored', 'merged', 'undone')),
  reason text not null check (reason in ('email', 'phone', 'name', 'person')),
  -- the address that the other could not have, since the client has it
  email text check (length(email) <= 254),
  import_id uuid,
  -- once they are merged: who is left, what both were before, and which versions the merge made
  kept_id uuid,
  before jsonb,
  after jsonb,
  kept_version integer,
  gone_version integer,
  created_by uuid references users (id),
  created_at timestamptz not null,
  decided_by uuid references users (id),
  decided_at timestamptz,
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references clients (workspace_id, id),
  foreign key (workspace_id, other_id) references clients (workspace_id, id),
  foreign key (workspace_id, import_id) references imports (workspace_id, id),
  constraint merges_know_what_was check (
    num_nulls(kept_id, before, after, kept_version, gone_version) = case when state in ('merged', 'undone') then 0 else 5 end
  )
);
-- a pair is suggested once, and not again once somebody has said that they are two
create unique index merges_pair_key on merges (workspace_id, least(client_id, other_id), greatest(client_id, other_id))
  where state in ('suggested', 'ignored');
create index merges_page on merges (workspace_id, state, created_at, id);
create index merges_by_client on merges (workspace_id, client_id);
create index merges_by_other on merges (workspace_id, other_id);
create index merges_by_import on merges (workspace_id, import_id) where import_id is not null;

do $$
declare
  t text;
begin
  foreach t in array array['import_updates', 'import_leftovers', 'merges'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to ledgerline_app, ledgerline_engine
      using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', t);
  end loop;
end
$$;
grant select, insert, delete on import_updates to ledgerline_engine;
grant update (version_after, is_edited) on import_updates to ledgerline_engine;
grant select on import_leftovers to ledgerline_app;
grant select, insert, delete on import_leftovers to ledgerline_engine;
grant select, insert on merges to ledgerline_app, ledgerline_engine;
grant update (state, kept_id, before, after, kept_version, gone_version, decided_by, decided_at) on merges to ledgerline_app;
grant delete on merges to ledgerline_engine;

-- Look-ups by an expression may use no index under row-level security, so these are functions of a role that sees
-- clients of all workspaces; they answer for the transaction's workspace alone, and with ids and the keys asked for.
create policy auth on clients for select to ledgerline_auth using (true);
grant select (workspace_id, id, name, email, company, phone_e164, archived_at) on clients to ledgerline_auth;

create function auth.clients_by_email(emails text[]) returns table (id uuid, email text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select c.id, lower(c.email) from unnest(clients_by_email.emails) as asked (email)
      join clients c on c.workspace_id = current_workspace() and lower(c.email) = asked.email and c.archived_at is null
  $$;

create function auth.clients_by_name_and_company(names text[], companies text[])
  returns table (id uuid, name text, company text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select c.id, asked.name, asked.company
    from unnest(clients_by_name_and_company.names, clients_by_name_and_company.companies) as asked (name, company)
      join clients c on c.workspace_id = current_workspace()
        and lower(btrim(c.name)) = asked.name
        and lower(btrim(coalesce(c.company, '')) collate "und-x-icu") = asked.company
        and c.archived_at is null and c.email is null and c.phone_e164 is null
  $$;

-- also those whose undoing has not ended
create or replace function auth.unfinished_imports() returns table (workspace_id uuid, import_id uuid, batch_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select i.workspace_id, i.id, coalesce(i.undo_batch_id, i.batch_id) from imports i
      where i.state in ('planning', 'running', 'undoing')
  $$;
drop index imports_unfinished;
create index imports_unfinished on imports (id) where state in ('planning', 'running', 'undoing');
grant select (undo_batch_id) on imports to ledgerline_auth;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  foreach f in array
    array['auth.clients_by_email(text[])', 'auth.clients_by_name_and_company(text[], text[])']::regprocedure[]
  loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to ledgerline_app, ledgerline_engine', f);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
