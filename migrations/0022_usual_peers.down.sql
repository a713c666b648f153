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

drop function auth.is_usual_peer(bytea);
drop function auth.remember_peer(bytea);
drop table usual_peers;
