-- Operators see who acted in a workspace by an address of which the first letter and the domain are left: enough to tell
-- two people apart and to find the one who wrote to them, and no list of addresses to take away. The rest stays here.
create function audit.masked_person(person uuid) returns text
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select left(u.email, 1) || '…' || substring(u.email from '@[^@]*$') from users u where u.id = person
  $$;

grant create on schema audit to ledgerline_auth;
alter function audit.masked_person(uuid) owner to ledgerline_auth;
revoke create on schema audit from ledgerline_auth;
revoke all on function audit.masked_person(uuid) from public;
grant execute on function audit.masked_person(uuid) to ledgerline_platform;
