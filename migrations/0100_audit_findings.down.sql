drop index audit_log_queue, audit_log_schedule, audit_log_node, audit_log_kind;
drop function audit.unnoted(uuid, integer), audit.orphans(uuid, integer);
create function audit.unaccounted() returns table (put_in bigint, taken_out bigint)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select
      (select count(*) from audit_log l
       where not exists (select from audit_seals s where s.audit_id = l.id)
         and not exists (select from audit_unsealed u where u.audit_id = l.id)),
      (select count(*) from audit_unsealed u where not exists (select from audit_log l where l.id = u.audit_id))
  $$;
grant create on schema audit to ledgerline_auth;
alter function audit.unaccounted() owner to ledgerline_auth;
revoke create on schema audit from ledgerline_auth;
revoke all on function audit.unaccounted() from public;
grant execute on function audit.unaccounted() to ledgerline_engine, ledgerline_platform;
drop table audit_acknowledgements;
-- a release before this one took every check without a finding for one that held
delete from audit_checks where failure is not null;
alter table audit_checks drop column failure, drop column breaks_off;
