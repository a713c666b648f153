-- How much was done, how fast, and how much waited: what the console's charts show. Each node adds up its own numbers in
-- memory and writes rows of its own every few seconds, so nobody waits for anybody and no row is hot. Steps are minutes:
-- one for the last hour, fifteen for the last day, sixty for the last week.
create table job_rates (
  step smallint not null check (step in (1, 15, 60)),
  at timestamptz not null,
  kind text not null,
  queue text not null,
  node_id uuid not null,
  succeeded bigint not null,
  failed bigint not null,
  dead bigint not null,
  cancelled bigint not null,
  -- how many attempts waited, and ran, how long: bucket n ends at 2^(n/2) ms
  waits bigint[] not null,
  runs bigint[] not null,
  last_error text,
  last_error_job uuid,
  last_error_at timestamptz,
  primary key (step, at, kind, queue, node_id)
);

-- The most that waited in a queue within the step, and the longest; the counts stop after ten thousand.
create table queue_samples (
  step smallint not null check (step in (1, 15, 60)),
  at timestamptz not null,
  queue text not null,
  depth bigint not null,
  oldest_seconds bigint not null,
  primary key (step, at, queue)
);

-- Jobs asked for, from the statistics of the live table: whoever asks for work pays nothing for it. `counter` is what
-- they said last.
create table asked_rates (
  step smallint not null check (step in (1, 15, 60)),
  at timestamptz not null,
  jobs bigint not null,
  counter bigint not null,
  primary key (step, at)
);

grant select, insert, update, delete on job_rates, queue_samples, asked_rates to ledgerline_engine;
grant select on job_rates, queue_samples, asked_rates to ledgerline_platform;
