-- What the operators' console asks for, fast with a million live and ten million finished jobs.
--
-- The live table gets two partial indexes that an ordinary job never enters, so asking for work and claiming it cost
-- what they did: parent_id never changes, and claiming writes null over a reason that is null already, which leaves the
-- update HOT. There is none by kind or workspace: each would double the cost of asking for a job, and reading the whole
-- live table once is what a filter costs without.
create index jobs_parent on jobs (parent_id, id) where parent_id is not null;
-- among live jobs only a parked one has a reason
create index jobs_parked on jobs (run_at, id) where reason is not null;

-- Dead jobs are few and stay until somebody decides, so each filter has its index.
create index dead_jobs_state on dead_jobs (state, finished_at desc, id desc);
create index dead_jobs_queue on dead_jobs (queue, finished_at desc, id desc);
create index dead_jobs_workspace on dead_jobs (workspace_id, finished_at desc, id desc);
create index dead_jobs_parent on dead_jobs (parent_id, id) where parent_id is not null;
