-- What operators tell nodes, queues, schedules and batches, and what the console needs to know of them.

-- A node reads with every beat what it was asked, so it is steered while Redis is away.
alter table nodes
  add column asked text check (asked in ('quiet', 'stop')),
  add column asked_by text,
  add column asked_at timestamptz,
  -- set by a node that stopped in good order; one that is gone without it died
  add column left_at timestamptz,
  -- name of a queue: how many of its jobs at once
  add column queues jsonb not null default '{}',
  drop constraint nodes_state_check,
  add constraint nodes_state_check check (state in ('running', 'quiet', 'draining', 'gone'));
create index nodes_page on nodes (started_at desc, id desc);
-- operators ask; what a node's state is, only the node and the sweeper say
revoke update (state) on nodes from ledgerline_platform;
grant update (asked, asked_by, asked_at) on nodes to ledgerline_platform;

alter table queues add column paused_reason text;

alter table schedules
  add column paused_reason text,
  -- what it asks for, so that an operator can have it now; a node of this release fills it when it starts
  add column job jsonb;
grant update (paused_reason) on schedules to ledgerline_platform;
alter table schedule_slots
  drop constraint schedule_slots_outcome_check,
  add constraint schedule_slots_outcome_check
    check (outcome in ('fired', 'caught_up', 'missed', 'paused', 'skipped'));

-- A run that an operator asked for by hand. The id is the click's, so that one click is one run.
create table schedule_runs (
  id uuid primary key,
  schedule text not null references schedules (name),
  job_id uuid not null,
  asked_by text not null,
  asked_at timestamptz not null
);
create index schedule_runs_page on schedule_runs (schedule, asked_at desc, id desc);
grant select, delete on schedule_runs to ledgerline_engine;
grant select, insert on schedule_runs to ledgerline_platform;

-- the job that was asked for when the batch was done
alter table batches add column done_job uuid;
create index batches_live on batches (created_at desc, id desc) where state <> 'done';
