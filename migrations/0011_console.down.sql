drop index dead_jobs_parent;
drop index dead_jobs_workspace;
drop index dead_jobs_queue;
drop index dead_jobs_state;
drop index jobs_parked;
drop index jobs_parent;
