-- Weak suggestions are looked for chunk by chunk, by look-ups in the indexes of the keys: under row-level security names
-- can be looked up by no index, so this is a function of a role that sees clients of all workspaces. It answers for the
-- transaction's workspace alone, and with ids.
grant select (created_at) on clients to ledgerline_auth;

-- For each of these clients who is not archived: the one who was here first of those with the same number, and of those
-- with the same name and company, unless that is themselves or more than `most` share it.
create function auth.clients_sharing(asked uuid[], most integer) returns table (id uuid, oldest uuid, reason text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select mine.id, found.oldest, found.reason
    from clients mine cross join lateral (
      select (array_agg(same.id order by same.created_at, same.id))[1] as oldest, 'phone' as reason
        from (
          select c.id, c.created_at from clients c
          where c.workspace_id = mine.workspace_id and c.phone_e164 = mine.phone_e164 and c.archived_at is null
            and c.phone_e164 is not null
          order by c.id limit clients_sharing.most + 1
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
          order by c.id limit clients_sharing.most + 1
        ) as same
        having count(*) between 2 and clients_sharing.most
    ) as found
    where mine.workspace_id = current_workspace() and mine.id = any(clients_sharing.asked)
      and mine.archived_at is null and found.oldest <> mine.id
  $$;
grant create on schema auth to ledgerline_auth;
alter function auth.clients_sharing(uuid[], integer) owner to ledgerline_auth;
revoke all on function auth.clients_sharing(uuid[], integer) from public;
grant execute on function auth.clients_sharing(uuid[], integer) to ledgerline_engine;
revoke create on schema auth from ledgerline_auth;

-- Since when weak suggestions are looked for, and null when nobody looks: whoever watches the import waits for them.
alter table imports add column suggesting_since timestamptz;
grant update (suggesting_since) on imports to ledgerline_app, ledgerline_engine;
