-- The job engine: Postgres is the truth (docs/adr/0002-postgres-truth-redis-transport.md).
-- Live jobs stand in one small table whose claim is a HOT update; finishing moves the row away.

create type job_state as enum
  ('scheduled', 'waiting', 'parked', 'running', 'succeeded', 'dead', 'cancelled', 'quarantined');

create table queues (
  name text primary key,
  paused_at timestamptz,
  paused_by text
);

create table nodes (
  id uuid primary key,
  name text not null,
  host text not null,
  pid integer not null,
  version text not null,
  isolated boolean not null default false,
  state text not null default 'running' check (state in ('running', 'draining', 'gone')),
  started_at timestamptz not null,
  beat_at timestamptz not null,
  lease_until timestamptz not null,
  polled_at timestamptz,
  running integer not null default 0
);

create table jobs (
  id uuid primary key,
  kind text not null,
  version smallint not null,
  queue text not null,
  args jsonb not null,
  workspace_id uuid,
  priority smallint not null check (priority between 0 and 3),
  run_at timestamptz not null,
  state job_state not null default 'scheduled'
    check (state in ('scheduled', 'waiting', 'parked', 'running')),
  reason text,
  attempt smallint not null default 0,
  max_attempts smallint not null,
  epoch integer not null default 0,
  token bigint,
  node_id uuid,
  started_at timestamptz,
  suspect boolean not null default false,
  crashes smallint not null default 0,
  unique_key text,
  unique_until_started boolean not null default false,
  batch_id uuid,
  waits_for uuid,
  has_waiters boolean not null default false,
  cause_request text,
  parent_id uuid,
  copy_of uuid,
  cancel_requested_at timestamptz,
  effect_intended boolean not null default false,
  progress jsonb,
  last_error text,
  created_at timestamptz not null
) with (
  -- measured: below 50 every claim stays on its page, so no index is touched
  fillfactor = 45,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.05
);
-- No index below may mention state, node, token or epoch: that would end HOT updates, and a partial
-- index on a live state misleads the planner (its statistics say the state is never there).
create index jobs_dispatch on jobs (queue, priority, run_at, id);
create unique index jobs_unique_key on jobs (kind, unique_key) where unique_key is not null;
create index jobs_batch on jobs (batch_id) where batch_id is not null;
-- suspects are few and are asked for every second
create index jobs_suspect on jobs (run_at, id) where suspect;
create index jobs_waits_for on jobs (waits_for) where waits_for is not null;

create table dead_jobs (
  id uuid primary key,
  kind text not null,
  version smallint not null,
  queue text not null,
  args jsonb not null,
  workspace_id uuid,
  priority smallint not null,
  run_at timestamptz not null,
  state job_state not null check (state in ('dead', 'quarantined')),
  reason text,
  attempt smallint not null,
  max_attempts smallint not null,
  epoch integer not null,
  node_id uuid,
  started_at timestamptz,
  crashes smallint not null,
  unique_key text,
  unique_until_started boolean not null,
  batch_id uuid,
  has_waiters boolean not null,
  cause_request text,
  parent_id uuid,
  copy_of uuid,
  progress jsonb,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz not null
);
create index dead_jobs_page on dead_jobs (finished_at desc, id desc);
create index dead_jobs_kind on dead_jobs (kind, finished_at desc, id desc);

-- Partitions are made and dropped by the engine itself, so it owns the table and a schema for them.
create schema job_archive authorization ledgerline_engine;
create table finished_jobs (
  id uuid not null,
  kind text not null,
  version smallint not null,
  queue text not null,
  args jsonb not null,
  workspace_id uuid,
  priority smallint not null,
  run_at timestamptz not null,
  state job_state not null check (state in ('succeeded', 'cancelled', 'dead')),
  reason text,
  attempt smallint not null,
  max_attempts smallint not null,
  epoch integer not null,
  node_id uuid,
  started_at timestamptz,
  batch_id uuid,
  cause_request text,
  parent_id uuid,
  copy_of uuid,
  progress jsonb,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz not null
) partition by range (finished_at);
create index finished_jobs_id on finished_jobs (id);
create index finished_jobs_page on finished_jobs (finished_at, id);
create index finished_jobs_workspace on finished_jobs (workspace_id, finished_at, id);
create index finished_jobs_kind on finished_jobs (kind, finished_at, id);
create index finished_jobs_unsuccessful on finished_jobs (finished_at, id) where state <> 'succeeded';
create index finished_jobs_parent on finished_jobs (parent_id) where parent_id is not null;

-- One row per attempt that did not end in plain success; a success says all of itself in its own row.
create table job_attempts (
  job_id uuid not null,
  epoch integer not null,
  attempt smallint not null,
  node_id uuid,
  started_at timestamptz,
  ended_at timestamptz not null,
  outcome text not null check (outcome in ('retried', 'snoozed', 'handed_back', 'crashed', 'dead', 'cancelled', 'parked', 'quarantined')),
  error text,
  backtrace text,
  primary key (job_id, epoch)
);
create index job_attempts_age on job_attempts (ended_at);

create table job_logs (
  job_id uuid not null,
  epoch integer not null,
  line integer not null,
  at timestamptz not null,
  level text not null,
  message text not null,
  primary key (job_id, epoch, line)
);
create index job_logs_age on job_logs (at);

create table batches (
  id uuid primary key,
  workspace_id uuid,
  kind text not null,
  state text not null default 'open' check (state in ('open', 'sealed', 'done')),
  cancelled boolean not null default false,
  total bigint not null default 0,
  succeeded bigint not null default 0,
  dead bigint not null default 0,
  cancelled_jobs bigint not null default 0,
  on_done jsonb,
  created_at timestamptz not null,
  sealed_at timestamptz,
  finished_at timestamptz
);
create index batches_page on batches (created_at desc, id desc);

-- An effect on the outside world. The key is also the provider's idempotency key.
create table effects (
  id uuid primary key,
  key text not null,
  workspace_id uuid,
  job_id uuid not null,
  provider text not null,
  fingerprint text not null,
  state text not null default 'intended' check (state in ('intended', 'sent', 'confirmed', 'failed', 'unknown')),
  response jsonb,
  error text,
  created_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz
);
create unique index effects_key on effects (key);
create index effects_job on effects (job_id);
create index effects_unknown on effects (created_at) where state in ('sent', 'unknown');

create table schedules (
  name text primary key,
  cron text not null,
  timezone text not null,
  kind text not null,
  catch_up text not null check (catch_up in ('skip', 'last', 'all')),
  jitter_seconds integer not null default 0,
  known_since timestamptz not null,
  removed_at timestamptz,
  paused_at timestamptz,
  paused_by text
);

-- A slot is one due time of one schedule; the primary key is what makes it fire once.
create table schedule_slots (
  schedule text not null references schedules (name),
  slot_at timestamptz not null,
  outcome text not null check (outcome in ('fired', 'skipped')),
  job_id uuid,
  node_id uuid,
  fired_at timestamptz not null,
  primary key (schedule, slot_at)
);

-- Which node leads a duty that one node does at a time; a stale leader only repeats harmless work.
create table engine_leases (
  name text primary key,
  node_id uuid not null,
  until timestamptz not null
);

alter table finished_jobs owner to ledgerline_engine;

do $$
declare
  t text;
begin
  foreach t in array array['jobs', 'dead_jobs', 'finished_jobs', 'batches', 'effects'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to ledgerline_engine using (true) with check (true)', t);
    execute format('create policy operators on %I to ledgerline_platform using (true) with check (true)', t);
  end loop;
end
$$;
-- A producer's request may ask for work in its own workspace (or for none, as sign-up mails do) and watch it.
create policy tenant_asks on jobs for insert to ledgerline_app
  with check (workspace_id is null or workspace_id = current_workspace());
create policy tenant_watches on jobs for select to ledgerline_app
  using (workspace_id = current_workspace());
create policy tenant_cancels on jobs for update to ledgerline_app
  using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());
create policy tenant_batches on batches to ledgerline_app
  using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());

grant select, insert, update, delete on jobs, dead_jobs, finished_jobs, job_attempts, job_logs, batches, effects,
  queues, nodes, schedules, schedule_slots, engine_leases to ledgerline_engine;
grant select, insert on jobs to ledgerline_app;
grant update (cancel_requested_at, has_waiters) on jobs to ledgerline_app;
grant select, insert, update on batches to ledgerline_app;
grant select, insert, update, delete on jobs, dead_jobs, finished_jobs, batches to ledgerline_platform;
grant select, insert on job_attempts to ledgerline_platform;
grant select on job_logs, effects, nodes, schedules, schedule_slots, engine_leases to ledgerline_platform;
grant update (state) on nodes to ledgerline_platform;
grant update (paused_at, paused_by) on schedules to ledgerline_platform;
grant select, insert, update on queues to ledgerline_platform;
-- readiness asks for the youngest beat
grant select on nodes to ledgerline_app;
