-- A row is a client when its first key is one of theirs, also when that is not their first: a number without an address
-- finds the client with this number who has an address. So all live clients are in these indexes, the oldest first.
--
-- Within a file rows stay the same only by their first key, and what an import has given a client is no key for its
-- other rows: else it would depend on which chunk is written first.
drop function auth.clients_by_name_and_company(text[], text[]);
drop index clients_by_name_and_company;
drop index clients_by_phone;
create index clients_by_phone on clients (workspace_id, phone_e164, id)
  where archived_at is null and phone_e164 is not null;
-- ς is how σ is written at the end of a word
create index clients_by_name_and_company on clients
  (workspace_id, translate(lower(btrim(name) collate "und-x-icu"), 'ς', 'σ'),
   translate(lower(btrim(coalesce(company, '')) collate "und-x-icu"), 'ς', 'σ'), id)
  where archived_at is null;

create policy auth on import_updates for select to ledgerline_auth using (true);
grant select (workspace_id, import_id, client_id, before) on import_updates to ledgerline_auth;
grant select (import_id) on clients to ledgerline_auth;

create function auth.clients_by_name_and_company(names text[], companies text[], import uuid)
  returns table (id uuid, name text, company text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select found.id, asked.name, asked.company
    from unnest(clients_by_name_and_company.names, clients_by_name_and_company.companies) as asked (name, company)
      cross join lateral (
        select c.id from clients c
        where c.workspace_id = current_workspace()
          and translate(lower(btrim(c.name) collate "und-x-icu"), 'ς', 'σ') = asked.name
          and translate(lower(btrim(coalesce(c.company, '')) collate "und-x-icu"), 'ς', 'σ') = asked.company
          and c.archived_at is null
          and ((c.email is null and c.phone_e164 is null)
            or c.import_id is distinct from clients_by_name_and_company.import)
          and not exists (
            select from import_updates u
            where u.workspace_id = c.workspace_id and u.import_id = clients_by_name_and_company.import
              and u.client_id = c.id
              and (translate(lower(btrim(u.before->>'name') collate "und-x-icu"), 'ς', 'σ') <> asked.name
                or translate(lower(btrim(coalesce(u.before->>'company', '')) collate "und-x-icu"), 'ς', 'σ')
                  <> asked.company))
        order by c.id limit 1
      ) as found
  $$;

grant create on schema auth to ledgerline_auth;
alter function auth.clients_by_name_and_company(text[], text[], uuid) owner to ledgerline_auth;
revoke all on function auth.clients_by_name_and_company(text[], text[], uuid) from public;
grant execute on function auth.clients_by_name_and_company(text[], text[], uuid) to ledgerline_app, ledgerline_engine;
revoke create on schema auth from ledgerline_auth;
