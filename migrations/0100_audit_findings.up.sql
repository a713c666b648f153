-- What a check found stays until an operator says that it is known and why; and a check that could not be made whole is
-- kept as well, so that nobody takes silence for a log that holds.
alter table audit_checks
  -- why not all of the log was looked at; its finding then says nothing
  add column failure text check (length(failure) <= 1000),
  -- whether seals were missing, or were other ones, than at a check before: once that is acknowledged, later checks are
  -- compared with what this one saw
  add column breaks_off boolean not null default false,
  add constraint audit_checks_one_result check (finding is null or failure is null);

create table audit_acknowledgements (
  check_id uuid primary key references audit_checks,
  at timestamptz not null,
  by_id uuid not null,
  by_name text not null,
  reason text not null check (length(reason) between 1 and 500)
);
grant select, insert on audit_acknowledgements to ledgerline_platform;
grant select on audit_acknowledgements to ledgerline_engine;

-- A statement that looks at all of the log outlasts the limit of a statement once the log is large, so each looks at so
-- many rows from an id on and answers the last one. Entries that went past the trigger:
drop function audit.unaccounted();
create function audit.unnoted(beginning uuid, most integer) returns table (looked bigint, reached uuid, found bigint)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    with part as materialized (select id from audit_log where id >= beginning order by id limit most)
    select count(*), (select id from part order by id desc limit 1),
      count(*) filter (where not exists (select from audit_seals s where s.audit_id = part.id)
        and not exists (select from audit_unsealed u where u.audit_id = part.id))
    from part
  $$;

-- and notes of entries that were taken away before they were sealed.
create function audit.orphans(beginning uuid, most integer) returns table (looked bigint, reached uuid, found bigint)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    with part as materialized (
      select audit_id as id from audit_unsealed where audit_id >= beginning order by audit_id limit most)
    select count(*), (select id from part order by id desc limit 1),
      count(*) filter (where not exists (select from audit_log l where l.id = part.id))
    from part
  $$;

grant create on schema audit to ledgerline_auth;
alter function audit.unnoted(uuid, integer) owner to ledgerline_auth;
alter function audit.orphans(uuid, integer) owner to ledgerline_auth;
revoke create on schema audit from ledgerline_auth;
revoke all on function audit.unnoted(uuid, integer), audit.orphans(uuid, integer) from public;
grant execute on function audit.unnoted(uuid, integer), audit.orphans(uuid, integer)
  to ledgerline_engine, ledgerline_platform;

-- The log is narrowed to a queue, a schedule, a node or a kind by name. Few entries name one.
create index audit_log_queue on audit_log ((data->>'queue'), at desc, id desc) where data->>'queue' is not null;
create index audit_log_schedule on audit_log ((data->>'schedule'), at desc, id desc) where data->>'schedule' is not null;
create index audit_log_node on audit_log ((data->>'node'), at desc, id desc) where data->>'node' is not null;
create index audit_log_kind on audit_log ((data->>'kind'), at desc, id desc) where data->>'kind' is not null;
