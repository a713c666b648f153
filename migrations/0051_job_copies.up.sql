-- Which job is a linked copy of which. A small table of its own, since an index on live or finished jobs would make each
-- of them dearer for the sake of a few.
create table job_copies (
  copy uuid primary key,
  original uuid not null,
  -- the first job of the chain: effects on the outside world stay under its name, so a copy does nothing twice
  root uuid not null,
  created_at timestamptz not null
);
create index job_copies_original on job_copies (original, copy);
create index job_copies_age on job_copies (created_at);
insert into job_copies (copy, original, root, created_at)
  select id, copy_of, copy_of, created_at from (
    select id, copy_of, created_at from jobs where copy_of is not null
    union all select id, copy_of, created_at from dead_jobs where copy_of is not null
  ) copies on conflict do nothing;
grant select, insert on job_copies to ledgerline_platform;
grant select, insert, delete on job_copies to ledgerline_engine;

-- Who asked for a job: by the request, or by the slot of a schedule.
create index audit_log_request on audit_log (request_id, at, id) where request_id is not null;
create index schedule_slots_job on schedule_slots (job_id) where job_id is not null;
