drop index batches_live;
alter table batches drop column done_job;
drop table schedule_runs;
update schedule_slots set outcome = case when outcome in ('fired', 'caught_up') then 'fired' else 'skipped' end;
alter table schedule_slots
  drop constraint schedule_slots_outcome_check,
  add constraint schedule_slots_outcome_check check (outcome in ('fired', 'skipped'));
revoke update (paused_reason) on schedules from ledgerline_platform;
alter table schedules drop column paused_reason, drop column job;
alter table queues drop column paused_reason;
revoke update (asked, asked_by, asked_at) on nodes from ledgerline_platform;
grant update (state) on nodes to ledgerline_platform;
drop index nodes_page;
update nodes set state = 'running' where state = 'quiet';
alter table nodes
  drop constraint nodes_state_check,
  add constraint nodes_state_check check (state in ('running', 'draining', 'gone')),
  drop column asked, drop column asked_by, drop column asked_at, drop column left_at, drop column queues;
