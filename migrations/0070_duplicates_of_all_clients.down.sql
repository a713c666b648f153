drop function auth.clients_by_name_and_company(text[], text[], uuid);
revoke select (import_id) on clients from ledgerline_auth;
revoke select (workspace_id, import_id, client_id, before) on import_updates from ledgerline_auth;
drop policy auth on import_updates;
drop index clients_by_name_and_company;
drop index clients_by_phone;
create index clients_by_phone on clients (workspace_id, phone_e164)
  where archived_at is null and email is null and phone_e164 is not null;
create index clients_by_name_and_company on clients
  (workspace_id, lower(btrim(name)), lower(btrim(coalesce(company, '')) collate "und-x-icu"))
  where archived_at is null and email is null and phone_e164 is null;

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

grant create on schema auth to ledgerline_auth;
alter function auth.clients_by_name_and_company(text[], text[]) owner to ledgerline_auth;
revoke all on function auth.clients_by_name_and_company(text[], text[]) from public;
grant execute on function auth.clients_by_name_and_company(text[], text[]) to ledgerline_app, ledgerline_engine;
revoke create on schema auth from ledgerline_auth;
