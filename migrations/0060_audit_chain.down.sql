drop trigger note on audit_log;
drop schema audit cascade;
revoke select on audit_log from ledgerline_auth;
drop policy auth on audit_log;
drop table audit_checks, audit_seals, audit_unsealed;
drop index audit_log_time, audit_log_operators, audit_log_actor, audit_log_subject, audit_log_action;
alter table audit_log drop column actor_name, drop column origin;
