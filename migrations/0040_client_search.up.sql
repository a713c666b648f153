-- Finding clients among a million, by any part of what is known of them.
--
-- LIKE may not use an index under row-level security: it could tell, by errors or time, of rows that the policy hides.
-- So one function looks past the policy, always within `current_workspace()`, and answers nothing but ids and a number;
-- the rows themselves are read under the policy as ever (docs/SECURITY.md).
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

do $$
begin
  if not exists (select from pg_roles where rolname = 'ledgerline_search') then
    begin
      create role ledgerline_search nologin;
    exception when duplicate_object or unique_violation then
      null; -- another database of this cluster is being migrated at the same moment
    end;
  end if;
  if not pg_has_role(current_user, 'ledgerline_search', 'member') then
    execute format('grant ledgerline_search to %I', current_user);
  end if;
end
$$;

create schema search;
revoke all on schema search from public;
grant usage on schema search to ledgerline_app, ledgerline_engine, ledgerline_search;
grant usage on schema public to ledgerline_search;

-- Text without capitals, accents, apostrophes and other punctuation, its words parted by single spaces. Both what is kept and what is
-- searched for go through here.
create function search.fold(plain text) returns text
  language plpgsql immutable strict parallel safe
as $$
begin
  if octet_length(plain) = length(plain) then
    plain := lower(plain collate "C");
  else
    plain := normalize(lower(plain collate "und-x-icu"), NFKD);
    plain := regexp_replace(plain, '[\u0300-\u036f]+', '', 'g');
    plain := translate(plain, 'øłđħıðŧ“”„«»–—·‘’', 'oldhidt        ');
    plain := replace(replace(replace(replace(plain, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
  end if;
  return btrim(regexp_replace(replace(plain, '''', ''), '[\s!-/:-@[-`{-~]+', ' ', 'g'));
end
$$;

-- A telephone number's digits, without the zero that some write behind the country code.
create function search.phone_digits(phone text) returns text
  language sql immutable strict parallel safe
  return regexp_replace(replace(phone, '(0)', ''), '\D', '', 'g');

-- What a client is found by: each word with a space before it, so that a word's beginning can be asked for.
create function search.client_text(name text, email text, company text, phone text, phone_e164 text) returns text
  language plpgsql immutable parallel safe
as $$
declare
  words text := ' ' || search.fold(concat_ws(' ', name, email, company));
  digits text := search.phone_digits(phone);
begin
  if digits is null then return words; end if;
  return words || ' ' || digits || case when '+' || digits <> phone_e164 then ' ' || substr(phone_e164, 2) else '' end;
end
$$;

-- What a list is filtered by, as words that the index knows.
create function search.client_facets(archived_at timestamptz, email text, satisfaction smallint, genres text[])
  returns text[]
  language plpgsql immutable parallel safe
as $$
declare
  facets text[] := array[
    case when archived_at is null then 'active' else 'archived' end,
    case when email is null then 'no email' else 'email' end,
    case when satisfaction is null then 'unrated' else 'rated ' || satisfaction end];
  genre text;
begin
  foreach genre in array genres loop
    facets := facets || ('genre ' || search.fold(genre));
  end loop;
  return facets;
end
$$;

alter table clients
  drop column search_text,
  add column search_text text not null
    generated always as (search.client_text(name, email, company, phone, phone_e164)) stored,
  add column facets text[] not null
    generated always as (search.client_facets(archived_at, email, satisfaction, genres)) stored;

create index clients_search on clients using gin (workspace_id, facets, search_text gin_trgm_ops);

-- What LIKE is asked for each word: one or two letters are how a word begins, more may stand anywhere in one. A number
-- is found without the zeros before it, since people write +49 151 and 0151 for one thing.
create function search.patterns(folded text) returns text[]
  language sql immutable strict parallel safe
  begin atomic
    select array_agg(distinct case
      when length(word) < 3 then '% ' || word || '%'
      when word ~ '^0*[1-9]\d\d\d*$' then '%' || ltrim(word, '0') || '%'
      else '%' || word || '%' end)
    from unnest(string_to_array(folded, ' ')) as word;
  end;

-- What LIKE is asked beside that when all that was typed is a telephone number, however it is written; else null.
create function search.number_pattern(typed text) returns text
  language sql immutable strict parallel safe
  begin atomic
    select '%' || digits || '%' from ltrim(search.phone_digits(typed), '0') as digits
      where typed ~ '^[\d\s+()./x-]+$' and length(digits) > 3;
  end;

-- The matches of a search: the ids of one page in its order, and how many there are on all pages; when `is_capped`,
-- there are more, of whom nobody has counted. `wanted` are facets that all of them have.
--
-- Two ways lead to a page. What many have is soon met by walking along the index of the order; what few have is found
-- by the words' index and then sorted. Nobody knows before which it is, so the walk comes first and gives up after
-- `reach` rows. Statements are made for the values at hand, since one plan for all of them would suit none.
create function search.clients(
  search text, wanted text[], since timestamptz, before timestamptz, sort text, after_key text, after_id uuid,
  page_size integer, out ids uuid[], out total bigint, out is_capped boolean
)
  language plpgsql security definer
  set search_path = public, pg_temp set jit = off set max_parallel_workers_per_gather = 0 set enable_seqscan = off
as $$
declare
  reach integer := 6000;
  count_reach constant integer := 12000;
  -- sorting this many takes longer than walking on
  many constant integer := 150000;
  guess float := 0;
  column_name constant text := case ltrim(sort, '-')
    when 'name' then 'name' when 'email' then 'sort_email' when 'company' then 'sort_company'
    when 'createdAt' then 'created_at' end;
  turn constant text := case when sort like '-%' then 'desc' else 'asc' end;
  in_order constant text := format('order by %I %s, id %s', column_name, turn, turn);
  -- all that is looked at begins with this, so nothing of another workspace ever is
  ours constant text := format('from clients where workspace_id = %L', current_workspace());
  fits text;
  behind text := 'true';
  folded constant text := search.fold(search);
  number constant text := search.number_pattern(search);
  hit record;
  plan json;
  walked integer;
begin
  ids := '{}';
  total := 0;
  is_capped := false;
  if current_workspace() is null then
    raise exception 'there is no workspace to search in' using errcode = 'insufficient_privilege';
  end if;
  if folded = '' then return; end if;
  if folded is not null then
    -- beside words, what nearly all have is no help to the index
    fits := format('(facets @> %L::text[]) is true', wanted);
    wanted := array_remove(wanted, 'active');
  else
    fits := 'true';
  end if;
  if wanted <> '{}' then fits := fits || format(' and facets @> %L::text[]', wanted); end if;
  if folded is not null then
    select format('%s and (%s%s)', fits, string_agg(format('search_text like %L', pattern), ' and '),
      coalesce(format(' or search_text like %L', number), ''))
      into fits from unnest(search.patterns(folded)) as pattern;
  end if;
  if since is not null then fits := fits || format(' and created_at >= %L', since); end if;
  if before is not null then fits := fits || format(' and created_at < %L', before); end if;
  if after_id is not null then
    behind := format('(%I, id) %s (%L, %L)', column_name, case turn when 'asc' then '>' else '<' end, after_key, after_id);
  end if;

  loop
    walked := 0;
    for hit in execute format('select id, %s as fits %s and %s %s limit %s', fits, ours, behind, in_order, reach) loop
      walked := walked + 1;
      if hit.fits then
        ids := ids || hit.id;
        exit when cardinality(ids) = page_size;
      end if;
    end loop;
    exit when cardinality(ids) = page_size or walked < reach or guess > 0;
    execute format('explain (format json) select %s and %s', ours, fits) into plan;
    guess := (plan->0->'Plan'->>'Plan Rows')::float;
    exit when guess < many;
    reach := guess / 3;
    ids := '{}';
  end loop;
  if cardinality(ids) = page_size or walked < reach then
    execute format('select count(*) filter (where fits), count(*) from (select %s as fits %s limit %s) as walked',
      fits, ours, count_reach) into total, walked;
    is_capped := walked = count_reach;
    if not is_capped or total >= page_size then return; end if;
    if guess = 0 then
      execute format('explain (format json) select %s and %s', ours, fits) into plan;
      guess := (plan->0->'Plan'->>'Plan Rows')::float;
    end if;
    if guess >= many then
      total := greatest(total, cardinality(ids));
      return;
    end if;
  end if;
  execute format('with hits as materialized (select id, %I %s and %s)
      select array(select id from hits where %s %s limit %s), (select count(*) from hits), false',
    column_name, ours, fits, behind, in_order, page_size) into ids, total, is_capped;
end
$$;

-- The filter by workspace stands in the function: as a policy it would keep LIKE from the index again.
create policy search on clients for select to ledgerline_search using (true);
grant select (id, workspace_id, name, sort_email, sort_company, created_at, facets, search_text) on clients
  to ledgerline_search;
grant create on schema search to ledgerline_search;
alter function search.clients(text, text[], timestamptz, timestamptz, text, text, uuid, integer)
  owner to ledgerline_search;
revoke create on schema search from ledgerline_search;
revoke all on function search.clients(text, text[], timestamptz, timestamptz, text, text, uuid, integer) from public;
grant execute on function search.clients(text, text[], timestamptz, timestamptz, text, text, uuid, integer)
  to ledgerline_app;
