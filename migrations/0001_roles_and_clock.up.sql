-- The three group roles are cluster-wide, hold no attributes and never log in. Login roles carry a suffix
-- per checkout and are made members by `ledgerline db migrate` (docs/adr/0005-database-roles.md).
do $$
declare
  name text;
begin
  foreach name in array array['ledgerline_app', 'ledgerline_engine', 'ledgerline_platform'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then
        null; -- another database of this cluster is being migrated at the same moment
      end;
    end if;
  end loop;
end
$$;

revoke create on schema public from public;
grant usage on schema public to ledgerline_app, ledgerline_engine, ledgerline_platform;

-- Time is one function. Tests move it by writing `clock`; only the owner may, and production refuses to
-- start when the offset is not zero.
create table clock (
  only_row boolean primary key default true check (only_row),
  "offset" interval not null default '0'
);
insert into clock default values;
grant select on clock to ledgerline_app, ledgerline_engine, ledgerline_platform;

create function app_now() returns timestamptz
  language sql stable parallel safe
  as $$ select now() + (select "offset" from clock) $$;

-- The workspace and account of the running transaction, set by TenantTx; null outside of one, so that
-- row-level security shows nothing.
create function current_workspace() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('ledgerline.workspace', true), '')::uuid $$;

create function current_account() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('ledgerline.user', true), '')::uuid $$;
