-- How much a workspace stores, and what nobody needs any more of all workspaces.

create index file_versions_stored on file_versions (workspace_id) include (size_bytes) where bytes_deleted_at is null;
create index file_versions_unneeded on file_versions (created_at) where bytes_deleted_at is null and state = 'quarantined';
create index files_deleted on files (deleted_at) where deleted_at is not null;

create policy auth on files for select to ledgerline_auth using (true);
create policy auth on file_versions for select to ledgerline_auth using (true);
create policy auth on uploads for select to ledgerline_auth using (true);
grant select (workspace_id, id, deleted_at) on files to ledgerline_auth;
grant select (workspace_id, id, file_id, size_bytes, state, storage_path, bytes_deleted_at, created_at) on file_versions
  to ledgerline_auth;
grant select (workspace_id, id, size_bytes, offset_bytes, completed_at, expires_at, concat, version_id) on uploads
  to ledgerline_auth;

-- Bytes of the transaction's workspace: also of what a client does not see, who takes of the same room. An upload counts
-- with the size that it was said to have.
create function auth.storage_used() returns table (used_bytes bigint, tier text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select (
        (select coalesce(sum(v.size_bytes), 0) from file_versions v
          where v.workspace_id = current_workspace() and v.bytes_deleted_at is null)
        + (select coalesce(sum(coalesce(u.size_bytes, u.offset_bytes)), 0) from uploads u
          where u.workspace_id = current_workspace() and u.completed_at is null and u.expires_at > app_now())
      )::bigint, w.tier
    from workspaces w where w.id = current_workspace()
  $$;

-- Uploads that nobody has gone on with in time, and completed ones whose file was joined from them.
create function auth.uploads_that_ran_out(most integer) returns table (workspace_id uuid, id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select u.workspace_id, u.id from uploads u
      where u.expires_at <= app_now() and not exists (select from file_versions v
        where v.workspace_id = u.workspace_id and v.id = u.version_id and v.state = 'scanning')
      order by u.expires_at limit uploads_that_ran_out.most
  $$;

-- Bytes of files that were deleted a week ago, and of versions that were held back a month ago.
create function auth.file_bytes_to_delete(most integer) returns table (workspace_id uuid, id uuid, path text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    (select v.workspace_id, v.id, v.storage_path from files f
        join file_versions v on v.workspace_id = f.workspace_id and v.file_id = f.id
      where f.deleted_at < app_now() - interval '7 days' and v.bytes_deleted_at is null and v.storage_path is not null
      limit file_bytes_to_delete.most)
    union
    (select v.workspace_id, v.id, v.storage_path from file_versions v
      where v.state = 'quarantined' and v.created_at < app_now() - interval '30 days' and v.bytes_deleted_at is null
        and v.storage_path is not null
      limit file_bytes_to_delete.most)
    limit file_bytes_to_delete.most
  $$;

do $$
declare
  f regprocedure;
  g text;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  for f, g in values
    ('auth.storage_used()'::regprocedure, 'ledgerline_app'),
    ('auth.uploads_that_ran_out(integer)'::regprocedure, 'ledgerline_engine'),
    ('auth.file_bytes_to_delete(integer)'::regprocedure, 'ledgerline_engine')
  loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to %s', f, g);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;

-- A job that has scanned a file tells the project so.
grant update (last_event) on projects to ledgerline_engine;
