drop function auth.remember_peer(bytea, uuid);

create or replace function auth.is_usual_peer(key bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$ select exists (select from usual_peers p where p.key = is_usual_peer.key and p.expires_at > app_now()) $$;

-- Uses a reset up: sets the password and ends every session of the user. Null when the token is not valid.
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
  update users u set password_hash = complete_password_reset.password_hash, password_changed_at = app_now()
    where u.id = owner;
  return owner;
end
$$;

alter table usual_peers drop column user_id;
