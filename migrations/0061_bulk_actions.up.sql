-- What an operator does to many jobs at once: a selection whose ids are frozen, then a canary, then the rest. Each id
-- has a result of its own, written in the transaction that acts on the job: none is acted on twice.
create table bulk_actions (
  id uuid primary key,
  verb text not null check (verb in ('retry', 'cancel', 'delete')),
  state text not null default 'preview' check (state in ('preview', 'canary', 'waiting', 'running', 'done', 'aborted')),
  -- what was searched for; none when rows were ticked
  search text,
  reason text,
  total integer not null,
  able integer not null,
  summary jsonb not null,
  canary integer not null default 0,
  -- items before this place are the canary
  canary_until integer not null default 0,
  continues boolean not null default false,
  verdict text check (verdict in ('green', 'red', 'undecided')),
  batch_id uuid,
  request_id text,
  created_by uuid not null,
  created_by_name text not null,
  aborted_by_name text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  started_at timestamptz,
  released_at timestamptz,
  finished_at timestamptz
);
create index bulk_actions_page on bulk_actions (created_at desc, id desc);

create table bulk_items (
  bulk_id uuid not null references bulk_actions (id) on delete cascade,
  place integer not null,
  job_id uuid not null,
  kind text not null,
  workspace_id uuid,
  -- as they were at the preview; a dead job that has another epoch since was retried by somebody else
  state text not null,
  epoch integer not null,
  fingerprint text,
  error text,
  obstacle text check (obstacle in ('not_dead', 'running', 'live', 'ended', 'effect_intended', 'key_held')),
  result text check (result in ('done', 'skipped')),
  note text,
  copy_id uuid,
  acted_at timestamptz,
  primary key (bulk_id, place),
  constraint bulk_items_job_key unique (bulk_id, job_id)
);

grant select, insert, delete on bulk_actions to ledgerline_platform;
grant update (total, able, summary, state, reason, canary, canary_until, continues, batch_id, request_id, aborted_by_name, started_at,
  released_at, finished_at) on bulk_actions to ledgerline_platform;
grant select, insert on bulk_items to ledgerline_platform;
grant select, delete on bulk_actions to ledgerline_engine;
grant update (state, verdict, batch_id, released_at, finished_at) on bulk_actions to ledgerline_engine;
grant select on bulk_items to ledgerline_engine;
grant update (result, note, copy_id, acted_at) on bulk_items to ledgerline_engine;
