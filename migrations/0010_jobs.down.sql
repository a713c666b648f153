drop table engine_leases, schedule_slots, schedules, effects, batches, job_logs, job_attempts, finished_jobs,
  dead_jobs, jobs, nodes, queues;
drop schema job_archive;
drop type job_state;
