-- Where people sign in from: mail address and internet address in one hash. Whoever tries passwords from many places
-- uses up the attempts of a mail address, but not those of its owner, who comes from a usual one.
create table usual_peers (
  key bytea primary key check (length(key) = 32),
  expires_at timestamptz not null
);
create index usual_peers_expires_at on usual_peers (expires_at);
grant select, insert, update, delete on usual_peers to ledgerline_auth;

create function auth.remember_peer(key bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    insert into usual_peers (key, expires_at) values (remember_peer.key, app_now() + interval '90 days')
      on conflict on constraint usual_peers_pkey do update set expires_at = excluded.expires_at
  $$;

create function auth.is_usual_peer(key bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$ select exists (select from usual_peers p where p.key = is_usual_peer.key and p.expires_at > app_now()) $$;

-- Drops what has no meaning any more: run by a recurring job.
create or replace function auth.sweep() returns bigint
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  swept bigint := 0;
  n bigint;
begin
  delete from attempts where allowance_at < app_now();
  get diagnostics n = row_count; swept := swept + n;
  delete from usual_peers where expires_at < app_now();
  get diagnostics n = row_count; swept := swept + n;
  delete from sessions where expires_at < app_now() or last_seen_at < app_now() - interval '30 days';
  get diagnostics n = row_count; swept := swept + n;
  delete from password_resets where expires_at < app_now();
  get diagnostics n = row_count; swept := swept + n;
  delete from invitation_tokens t using invitations i
    where i.workspace_id = t.workspace_id and i.id = t.invitation_id
      and (i.expires_at < app_now() or i.accepted_at is not null or i.withdrawn_at is not null);
  get diagnostics n = row_count; swept := swept + n;
  return swept;
end
$$;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  foreach f in array array['auth.remember_peer(bytea)', 'auth.is_usual_peer(bytea)']::regprocedure[] loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to ledgerline_app', f);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
