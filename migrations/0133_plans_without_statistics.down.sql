drop function refresh_import_statistics();

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

create or replace function auth.clients_by_email(emails text[]) returns table (id uuid, email text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select c.id, lower(c.email) from unnest(clients_by_email.emails) as asked (email)
      join clients c on c.workspace_id = current_workspace() and lower(c.email) = asked.email and c.archived_at is null
  $$;
