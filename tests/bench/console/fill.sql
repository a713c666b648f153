-- Two weeks of a platform in use. Sizes come from the settings bench.finished and bench.queued. Indexes of the large
-- tables are made after their rows, which is several times faster.
set synchronous_commit = off;
set maintenance_work_mem = '512MB';
set work_mem = '64MB';
set timezone = 'UTC';

-- functions of one expression each, which Postgres writes into the statements that call them
create function pg_temp.id_at(at timestamptz, n bigint) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid
$$;
-- 0 to 999, spread evenly, the same in every run
create function pg_temp.share(n bigint, salt int) returns int language sql immutable as $$
  select (abs(hashint8(n * 31 + salt)::bigint) % 1000)::int $$;
create function pg_temp.kind_of(share int) returns text language sql immutable as $$
  select case when share < 700 then 'imports.chunk' when share < 780 then 'accounts.send_invitation'
    when share < 860 then 'imports.plan' when share < 940 then 'imports.finish'
    when share < 980 then 'accounts.send_password_reset' when share < 995 then 'legacy.reindex'
    else 'maintenance.keep_house' end $$;
create function pg_temp.queue_of(kind text) returns text language sql immutable as $$
  select case when kind like 'imports.%' then 'imports' when kind like 'accounts.%' then 'mail'
    when kind like 'maintenance.%' then 'maintenance' else 'default' end $$;
create function pg_temp.error_of(n bigint) returns text language sql immutable as $$
  select (array['connection refused (os error 111)', 'The mail was not delivered: the mail server answered 451.',
    'import ' || md5(n::text) || ' failed at row ' || n || ': the name is empty', 'deadlock detected',
    'no such file: imports/' || n || '/source', 'timed out after 300 s', 'the lease of this attempt was lost',
    'panicked at app/src/imports/row.rs:' || n % 90 || ': index out of bounds'])[1 + n % 8] $$;

-- the indexes that were dropped, to be made again
create temp table index_of (definition text);
create procedure pg_temp.drop_indexes(variadic relations regclass[]) language plpgsql as $$
declare
  one record;
begin
  for one in
    select indexrelid::regclass as name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') as definition
    from pg_index where indrelid = any(relations) and not exists (select from pg_constraint where conindid = indexrelid)
  loop
    insert into index_of values (one.definition);
    execute format('drop index %s', one.name);
  end loop;
end
$$;
create procedure pg_temp.make_indexes() language plpgsql as $$
declare
  one record;
begin
  for one in delete from index_of returning definition loop
    execute one.definition;
  end loop;
end
$$;

insert into workspaces (id, name, created_at, updated_at)
  select pg_temp.id_at(now() - interval '100 days', n), 'Studio ' || n, now(), now() from generate_series(1, 2000) n;
create temp table studios as
  select row_number() over (order by id) - 1 as number, id from workspaces where name like 'Studio %';
create unique index on studios (number);
insert into nodes (id, name, host, pid, version, state, started_at, beat_at, lease_until)
  select pg_temp.id_at(now() - n * interval '1 hour', n), 'worker-' || n, 'host-' || n % 4, 1000 + n, '0.1.0',
    case when n <= 6 then 'running' else 'gone' end, now() - n * interval '1 hour', now() - (n / 7) * interval '1 hour',
    case when n <= 6 then now() + interval '1 day' else now() - interval '1 hour' end
  from generate_series(1, 60) n;
create temp table workers as select row_number() over (order by started_at desc) - 1 as number, id from nodes;
insert into batches (id, workspace_id, kind, state, cancelled, total, succeeded, created_at, sealed_at, finished_at)
  select pg_temp.id_at(at, n), studios.id, 'imports',
    case when n <= 20 then 'open' when n <= 100 then 'sealed' else 'done' end, n % 97 = 0, 100,
    case when n <= 100 then 40 else 100 end, at, case when n > 20 then at end,
    case when n > 100 then at + interval '1 minute' end
  from (select n, now() - n * interval '1 minute' as at from generate_series(1, 20000) n) made
    join studios on studios.number = made.n % 2000;
create temp table runs as select row_number() over (order by created_at desc) - 1 as number, id from batches;
create unique index on runs (number);
analyze studios; analyze runs;

do $$
declare
  day date;
  name text;
begin
  call pg_temp.drop_indexes('jobs', 'finished_jobs');
  for ahead in -14..1 loop
    day := (now() at time zone 'UTC')::date + ahead;
    name := 'job_archive.finished_' || to_char(day, 'YYYYMMDD');
    execute format('create table if not exists %s partition of finished_jobs for values from (%L) to (%L)',
      name, day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
    execute format('alter table %s owner to ledgerline_engine', name);
    execute format('alter table %s enable row level security', name);
    execute format('alter table %s force row level security', name);
  end loop;
end
$$;

insert into finished_jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, reason, attempt,
  max_attempts, epoch, node_id, started_at, batch_id, cause_request, parent_id, last_error, created_at, finished_at)
select pg_temp.id_at(at - interval '2 seconds', n), kind, 1, pg_temp.queue_of(kind),
  case when kind like 'imports.%' then jsonb_build_object('import_id', runs.id, 'chunk', n % 100)
    else jsonb_build_object('user_id', studios.id) end,
  studios.id, 1, at - interval '2 seconds',
  case when s < 989 then 'succeeded' when s < 999 then 'cancelled' else 'dead' end::job_state,
  case when s >= 989 then 'not wanted any more' end, 1, 10, 1, workers.id, at - interval '1 second',
  case when kind like 'imports.%' then runs.id end, 'request-' || n / 50,
  case when kind = 'imports.chunk' then pg_temp.id_at(first_at - interval '2 seconds', n / 100 * 100) end,
  case when s >= 989 then pg_temp.error_of(n) end, at - interval '3 seconds', at
from (
  select n, pg_temp.kind_of(pg_temp.share(n, 1)) as kind, pg_temp.share(n, 2) as s, pg_temp.share(n, 3) * 2 as studio,
    span.start + n * span.step as at, span.start + n / 100 * 100 * span.step as first_at
  from (select now() - interval '13 days 20 hours' as start,
      interval '13 days 20 hours' / current_setting('bench.finished')::float8 as step) span,
    generate_series(1, current_setting('bench.finished')::bigint) n
  offset 0 -- so that nothing is worked out twice
) jobs
  join studios on studios.number = jobs.studio join workers on workers.number = jobs.n % 60
  join runs on runs.number = jobs.n / 100 % 20000;

insert into jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, reason, attempt, max_attempts,
  epoch, node_id, started_at, batch_id, waits_for, last_error, created_at)
select pg_temp.id_at(at, n + 1000000000), kind, 1, pg_temp.queue_of(kind),
  case when kind like 'imports.%' then jsonb_build_object('import_id', runs.id, 'chunk', n % 100)
    else jsonb_build_object('user_id', studios.id) end,
  studios.id, case when s < 800 then 1 when s < 950 then 2 else 0 end,
  case when n > 400 and n % 20 = 7 then now() + n * interval '1 second' else at end,
  case when n <= 400 then 'running' when n % 500 = 3 then 'waiting' when n % 2000 = 4 then 'parked'
    else 'scheduled' end::job_state,
  case when n > 400 and n % 2000 = 4 then 'no node knows it' end, case when s < 50 then 1 else 0 end, 10, 1,
  case when n <= 400 then workers.id end, case when n <= 400 then now() end,
  case when kind like 'imports.%' then runs.id end,
  case when n > 400 and n % 500 = 3 then pg_temp.id_at(at - interval '0.02 seconds', n + 999999999) end,
  case when s < 50 then pg_temp.error_of(n) end, at
from (
  select n, pg_temp.kind_of(pg_temp.share(n, 1)) as kind, pg_temp.share(n, 2) as s, pg_temp.share(n, 3) * 2 as studio,
    now() - interval '6 hours' + n * interval '0.02 seconds' as at
  from generate_series(1, current_setting('bench.queued')::bigint) n
  offset 0
) jobs
  join studios on studios.number = jobs.studio join workers on workers.number = jobs.n % 6
  join runs on runs.number = jobs.n / 500 % 20000;
call pg_temp.make_indexes();

insert into dead_jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, reason, attempt,
  max_attempts, epoch, node_id, started_at, crashes, unique_until_started, batch_id, has_waiters, last_error, created_at,
  finished_at)
select pg_temp.id_at(at, n + 2000000000), kind, 1, pg_temp.queue_of(kind),
  jsonb_build_object('import_id', runs.id, 'chunk', n % 100), studios.id, 1, at,
  case when n % 50 = 0 then 'quarantined' else 'dead' end::job_state, 'out of attempts', 10, 10, 10, workers.id, at, 0, false,
  runs.id, false, pg_temp.error_of(n), at - interval '1 hour', at
from (select n, pg_temp.kind_of(pg_temp.share(n, 1)) as kind, now() - n * interval '40 seconds' as at
    from generate_series(1, greatest(current_setting('bench.finished')::bigint / 300, 1000)) n) jobs
  join studios on studios.number = pg_temp.share(jobs.n, 3) * 2 join workers on workers.number = jobs.n % 60
  join runs on runs.number = jobs.n % 20000;
insert into job_attempts (job_id, epoch, attempt, node_id, started_at, ended_at, outcome, error, backtrace)
select id, n, n, node_id, finished_at - (11 - n) * interval '3 minutes', finished_at - (11 - n) * interval '2 minutes',
  case when n = 10 then 'dead' else 'retried' end, last_error, repeat('  at app/src/imports/chunk.rs:81' || chr(10), 20)
from dead_jobs cross join generate_series(1, 10) n;
insert into job_logs (job_id, epoch, line, at, level, message)
select id, 10, n, finished_at, case n % 3 when 0 then 'warn' else 'info' end, 'looked at chunk ' || n
from dead_jobs cross join generate_series(1, 10) n;
insert into effects (id, key, workspace_id, job_id, provider, fingerprint, state, created_at, sent_at, settled_at)
select gen_random_uuid(), 'mail:' || id, workspace_id, id, 'smtp', kind, 'confirmed', finished_at, finished_at, finished_at
from finished_jobs where queue = 'mail' and finished_at > now() - interval '1 day' limit 100000;

insert into schedules (name, cron, timezone, kind, catch_up, known_since)
select 'schedule-' || n, n % 60 || ' * * * *', 'Etc/UTC', 'maintenance.keep_house', 'last', now() - interval '30 days'
from generate_series(1, 20) n;
insert into schedule_slots (schedule, slot_at, outcome, fired_at)
select 'schedule-' || n, date_trunc('hour', now()) - hours * interval '1 hour', 'fired', now() - hours * interval '1 hour'
from generate_series(1, 20) n cross join generate_series(1, 700) hours;

-- what nodes wrote down of their work: of each kind a row of each node in the present step, one of no node in others
insert into job_rates (step, at, kind, queue, node_id, succeeded, failed, dead, cancelled, waits, runs, last_error,
  last_error_job, last_error_at)
select step, date_bin(make_interval(mins => step), now() - back * make_interval(mins => step), 'epoch'), kind,
  pg_temp.queue_of(kind), case when back = 0 then workers.id else '00000000-0000-0000-0000-000000000000' end,
  90 * step, step, step / 15, 0, counts, counts, pg_temp.error_of(workers.number),
  workers.id, now() - back * make_interval(mins => step)
from (values (1, 60), (15, 96), (60, 168)) ranges (step, steps) cross join generate_series(0, steps - 1) back
  cross join unnest(array['imports.chunk', 'imports.plan', 'imports.finish', 'imports.suggest_merges',
    'imports.undo_chunk', 'imports.sweep_files', 'accounts.send_invitation', 'accounts.send_password_reset',
    'maintenance.keep_house', 'audit.seal', 'audit.verify', 'console.act_in_bulk', 'console.step_in_bulk']) kind
  cross join lateral (select array_fill(3 * step::bigint, array[30]) as counts) histogram
  cross join workers
where workers.number < 6 and (back = 0 or workers.number = 0);
insert into queue_samples (step, at, queue, depth, oldest_seconds)
select step, date_bin(make_interval(mins => step), now() - back * make_interval(mins => step), 'epoch'), queue,
  back * 50, back
from (values (1, 60), (15, 96), (60, 168)) ranges (step, steps) cross join generate_series(0, steps - 1) back
  cross join unnest(array['imports', 'mail', 'maintenance', 'default']) queue;
insert into asked_rates (step, at, jobs, counter)
select step, date_bin(make_interval(mins => step), now() - back * make_interval(mins => step), 'epoch'), 500 * step,
  100000000 - 500 * step * back
from (values (1, 60), (15, 96), (60, 168)) ranges (step, steps) cross join generate_series(0, steps - 1) back;
insert into console_activity (number, at, what, subject, count)
select n, now() - (10001 - n) * interval '1 minute', 'jobs_died', pg_temp.kind_of(pg_temp.share(n, 1)), n % 40
from generate_series(1, 10000) n;
update console_stream set last = 10000;

insert into audit_log (id, workspace_id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, data,
  request_id, at)
select pg_temp.id_at(at, n + 3000000000), studios.id, case when n % 10 = 0 then 'operator' else 'user' end,
  case when n % 10 = 0 then md5('operator ' || n % 7)::uuid else studios.id end, 'Somebody ' || n % 7,
  (array['clients.create', 'clients.update', 'imports.start', 'console.retry_job', 'console.pause_queue'])[1 + n % 5],
  'job', pg_temp.id_at(at, n), '{"kind": "imports.chunk"}', 'request-' || n, at
from (
  select n, now() - (entries - n) * interval '6 seconds' as at
  from (select least(current_setting('bench.finished')::bigint / 50, 200000) as entries) size,
    generate_series(1, entries) n
) entries
  join studios on studios.number = entries.n % 2000;
-- the last minute's are not sealed yet
select audit.seal((count(*) - 10)::int) from audit_log;

vacuum analyze jobs;
vacuum analyze dead_jobs;
vacuum analyze finished_jobs;
analyze;
