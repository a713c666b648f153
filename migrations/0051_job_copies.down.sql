drop index schedule_slots_job;
drop index audit_log_request;
drop table job_copies;
