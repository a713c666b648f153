-- What happened to nodes, queues, schedules and batches, and which kinds of jobs died, as operators hear it live. Numbers
-- are given under the lock of the one row of console_stream, which is held until the commit: they follow the order of
-- the commits and leave no hole, so whoever knows the last one they heard misses nothing and hears nothing twice,
-- whichever process they ask. Whatever happens often is told in sums, so the lock is asked for now and then.
create table console_stream (
  only_row boolean primary key default true check (only_row),
  last bigint not null
);
insert into console_stream (last) values (0);

create table console_activity (
  number bigint primary key,
  at timestamptz not null,
  what text not null,
  subject text not null,
  subject_id uuid,
  count bigint,
  by_name text,
  reason text
);
create index console_activity_age on console_activity (at);

grant select on console_stream, console_activity to ledgerline_engine, ledgerline_platform;
grant update (last) on console_stream to ledgerline_engine, ledgerline_platform;
grant insert on console_activity to ledgerline_engine, ledgerline_platform;
grant delete on console_activity to ledgerline_engine;
