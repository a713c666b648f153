-- How many fit was said as a bound as soon as the rows that were looked at filled a page. With small pages that was said of
-- a handful, and depended on the order in which rows lie on the disk.
-- The matches of a search: the ids of one page in its order, and how many there are on all pages; when `is_capped`,
-- there are more, of whom nobody has counted. `wanted` are facets that all of them have.
--
-- Two ways lead to a page. What many have is soon met by walking along the index of the order; what few have is found
-- by the words' index and then sorted. Nobody knows before which it is, so the walk comes first and gives up after
-- `reach` rows. Statements are made for the values at hand, since one plan for all of them would suit none.
create or replace function search.clients(
  search text, wanted text[], since timestamptz, before timestamptz, sort text, after_key text, after_id uuid,
  page_size integer, of_import uuid default null, out ids uuid[], out total bigint, out is_capped boolean
)
  language plpgsql security definer
  set search_path = public, pg_temp set jit = off set max_parallel_workers_per_gather = 0 set enable_seqscan = off
as $$
declare
  reach integer := 6000;
  count_reach constant integer := 12000;
  -- sorting this many takes longer than walking on
  many constant integer := 150000;
  -- few enough to be counted to the end, whatever the order in which rows were met
  few constant integer := 50;
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
  if of_import is not null then fits := fits || format(' and import_id = %L', of_import); end if;
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
    if not is_capped or total >= greatest(few, page_size) then return; end if;
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
