-- What a nightly job has to look at in all workspaces: it learns ids alone, and enters the workspace for the rest.
-- `file_deleted_at` is what members are told from the first step on, `cleared_at` is written when nothing is left.
alter table imports add column cleared_at timestamptz;
grant update (cleared_at) on imports to ledgerline_engine;
create index imports_to_clear on imports (finished_at, id) where cleared_at is null;
create index imports_unfinished on imports (id) where state in ('planning', 'running');

create policy auth on imports for select to ledgerline_auth using (true);
grant select (workspace_id, id, state, batch_id, finished_at, cleared_at) on imports to ledgerline_auth;

-- Imports that ended before a time and of whose rows something may be left, the oldest first.
create function auth.imports_to_clear(ended_before timestamptz, most integer)
  returns table (workspace_id uuid, import_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select i.workspace_id, i.id from imports i
      where i.finished_at < imports_to_clear.ended_before and i.cleared_at is null
      order by i.finished_at, i.id limit imports_to_clear.most
  $$;

-- Imports that were started and have not ended, and the batch of their jobs.
create function auth.unfinished_imports() returns table (workspace_id uuid, import_id uuid, batch_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select i.workspace_id, i.id, i.batch_id from imports i where i.state in ('planning', 'running') $$;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  foreach f in array
    array['auth.imports_to_clear(timestamptz, integer)', 'auth.unfinished_imports()']::regprocedure[]
  loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to ledgerline_engine', f);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
