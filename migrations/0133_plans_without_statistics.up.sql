-- Whoever looks for clients by a key was planned by statistics that a table lacks whose rows have just come, and then
-- walked through the whole workspace for each address or number (24 s for 2 000 clients among 12 000).

-- Takes statistics of what imports fill and has doubled since they were taken: Postgres itself looks once a minute, and an
-- import is there before. When somebody else is taking them, that is enough.
create function refresh_import_statistics() returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  grown regclass;
begin
  for grown in
    select c.oid from pg_class c
      where c.oid = any(array['clients', 'import_updates', 'merges']::regclass[])
        and pg_relation_size(c.oid) / current_setting('block_size')::bigint > 2 * greatest(c.relpages, 10)
  loop
    execute format('analyze (skip_locked) %s', grown);
  end loop;
end
$$;
revoke all on function refresh_import_statistics() from public;
grant execute on function refresh_import_statistics() to ledgerline_engine;

-- More than `most` suggest nothing, so it does not matter which of them are met.
create or replace function auth.clients_sharing(asked uuid[], most integer) returns table (id uuid, oldest uuid, reason text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select mine.id, found.oldest, found.reason
    from clients mine cross join lateral (
      select (array_agg(same.id order by same.created_at, same.id))[1] as oldest, 'phone' as reason
        from (
          select c.id, c.created_at from clients c
          where c.workspace_id = mine.workspace_id and c.phone_e164 = mine.phone_e164 and c.archived_at is null
            and c.phone_e164 is not null
          limit clients_sharing.most + 1
        ) as same
        having count(*) between 2 and clients_sharing.most
      union all
      select (array_agg(same.id order by same.created_at, same.id))[1], 'name'
        from (
          select c.id, c.created_at from clients c
          where btrim(coalesce(mine.company, '')) <> '' and c.workspace_id = mine.workspace_id
            and translate(lower(btrim(c.name) collate "und-x-icu"), 'ς', 'σ')
              = translate(lower(btrim(mine.name) collate "und-x-icu"), 'ς', 'σ')
            and translate(lower(btrim(coalesce(c.company, '')) collate "und-x-icu"), 'ς', 'σ')
              = translate(lower(btrim(coalesce(mine.company, '')) collate "und-x-icu"), 'ς', 'σ')
            and c.archived_at is null
          limit clients_sharing.most + 1
        ) as same
        having count(*) between 2 and clients_sharing.most
    ) as found
    where mine.workspace_id = current_workspace() and mine.id = any(clients_sharing.asked)
      and mine.archived_at is null and found.oldest <> mine.id
  $$;

-- An address belongs to one client, so the first is the only one.
create or replace function auth.clients_by_email(emails text[]) returns table (id uuid, email text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select found.id, asked.email from unnest(clients_by_email.emails) as asked (email)
      cross join lateral (
        select c.id from clients c
        where c.workspace_id = current_workspace() and lower(c.email) = asked.email and c.archived_at is null
        limit 1
      ) as found
  $$;
