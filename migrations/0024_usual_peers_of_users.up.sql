-- Whose usual place it is, so that a new password makes none usual any more: somebody else may have signed in from it.
-- Releases before this one name nobody; what they remember does not count, and is dropped after its 90 days.
alter table usual_peers add column user_id uuid references users (id);
create index usual_peers_user on usual_peers (user_id);

-- Earlier releases call the function without the user while they still run; a later migration drops it.
create function auth.remember_peer(key bytea, user_id uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    insert into usual_peers (key, expires_at, user_id)
      values (remember_peer.key, app_now() + interval '90 days', remember_peer.user_id)
      on conflict on constraint usual_peers_pkey
        do update set expires_at = excluded.expires_at, user_id = excluded.user_id
  $$;

create or replace function auth.is_usual_peer(key bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select exists (select from usual_peers p
      where p.key = is_usual_peer.key and p.user_id is not null and p.expires_at > app_now())
  $$;

-- Uses a reset up: sets the password, ends every session of the user, and forgets where they sign in from. Null when the
-- token is not valid.
create or replace function auth.complete_password_reset(token_hash bytea, password_hash text) returns uuid
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  owner uuid;
begin
  delete from password_resets r
    where r.token_hash = complete_password_reset.token_hash and r.expires_at > app_now()
    returning r.user_id into owner;
  if owner is null then
    return null;
  end if;
  delete from password_resets r where r.user_id = owner;
  delete from sessions s where s.user_id = owner;
  delete from usual_peers p where p.user_id = owner;
  update users u set password_hash = complete_password_reset.password_hash, password_changed_at = app_now()
    where u.id = owner;
  return owner;
end
$$;

grant create on schema auth to ledgerline_auth;
alter function auth.remember_peer(bytea, uuid) owner to ledgerline_auth;
revoke all on function auth.remember_peer(bytea, uuid) from public;
grant execute on function auth.remember_peer(bytea, uuid) to ledgerline_app;
revoke create on schema auth from ledgerline_auth;
