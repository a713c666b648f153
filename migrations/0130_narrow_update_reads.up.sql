-- Requests read of `import_updates` who was changed, in which versions: the page forecasts an undo. What stood in clients
-- before stays with the engine. 0036 gave it to requests too, since they ask who has a phone number and must know who had
-- it before; that is now answered by a function of the role that sees it, as for names.
create function auth.clients_by_phone(phones text[], import uuid) returns table (id uuid, phone text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select found.id, asked.phone
    from unnest(clients_by_phone.phones) as asked (phone)
      cross join lateral (
        -- ids are given in the order of time
        select c.id from clients c
        where c.workspace_id = current_workspace() and c.phone_e164 = asked.phone and c.archived_at is null
          and c.phone_e164 is not null and (c.email is null or c.import_id is distinct from clients_by_phone.import)
          and not exists (
            select from import_updates u
            where u.workspace_id = c.workspace_id and u.import_id = clients_by_phone.import and u.client_id = c.id
              and u.before->>'phone_e164' is distinct from asked.phone)
        order by c.id limit 1
      ) as found
  $$;

grant create on schema auth to ledgerline_auth;
alter function auth.clients_by_phone(text[], uuid) owner to ledgerline_auth;
revoke all on function auth.clients_by_phone(text[], uuid) from public;
grant execute on function auth.clients_by_phone(text[], uuid) to ledgerline_app, ledgerline_engine;
revoke create on schema auth from ledgerline_auth;

revoke select on import_updates from ledgerline_app;
grant select (workspace_id, import_id, client_id, version_before, version_after, is_edited)
  on import_updates to ledgerline_app;
