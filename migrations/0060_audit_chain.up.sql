-- The audit log says from where somebody acted, and is sealed afterwards, by a job: each seal is a hash over the row
-- and the seal before it, so a row that is changed, taken out or put in later is found. Whoever writes a row takes no
-- lock for that: a trigger notes its id, and the job takes the notes.
alter table audit_log add column actor_name text check (length(actor_name) <= 255),
  add column origin text check (length(origin) <= 255);
create index audit_log_time on audit_log (at desc, id desc);
create index audit_log_operators on audit_log (at desc, id desc) where actor_kind = 'operator';
create index audit_log_actor on audit_log (actor_id, at desc, id desc) where actor_id is not null;
create index audit_log_subject on audit_log (subject_id, at desc, id desc) where subject_id is not null;
create index audit_log_action on audit_log (action, at desc, id desc);

create table audit_unsealed (audit_id uuid primary key);
create table audit_seals (
  number bigint primary key check (number > 0),
  audit_id uuid not null unique,
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null
);
create table audit_checks (
  id uuid primary key,
  at timestamptz not null,
  -- the last seal that was checked, and its hash: later ones are compared with it, so that cutting off the end is found
  number bigint not null,
  hash bytea,
  -- the seal or row at which it does not hold, and why; null when all of it holds
  finding text
);
create index audit_checks_at on audit_checks (at desc, id desc);

create policy auth on audit_log for select to ledgerline_auth using (true);
grant select on audit_log to ledgerline_auth;
grant select, insert, delete on audit_unsealed to ledgerline_auth;
grant select, insert on audit_seals to ledgerline_auth;
grant select on audit_seals, audit_unsealed, audit_checks to ledgerline_platform;
grant select on audit_seals to ledgerline_engine;
grant select, insert on audit_checks to ledgerline_engine;

-- Its functions answer operators and the engine what neither may read or write itself; the app's role has no way in.
create schema audit;
revoke all on schema audit from public;
grant usage on schema audit to ledgerline_engine, ledgerline_platform, ledgerline_auth;

create function audit.note() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
begin
  insert into audit_unsealed (audit_id) values (new.id);
  return null;
end
$$;

-- What a seal is made of. Times are microseconds, so that no setting of a session changes the text.
create function audit.hash_of(before bytea, entry audit_log) returns bytea
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select sha256(before || convert_to(jsonb_build_array(entry.id, entry.workspace_id, entry.actor_kind, entry.actor_id,
      entry.actor_name, entry.origin, entry.action, entry.subject_kind, entry.subject_id, entry.data, entry.request_id,
      (extract(epoch from entry.at) * 1000000)::bigint)::text, 'UTF8'))
  $$;

-- Seals at most so many rows, and answers how many, the number of the last seal and its hash.
create function audit.seal(most integer) returns table (sealed bigint, number bigint, hash bytea)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  entry audit_log;
begin
  -- one seals at a time; whoever writes the log never comes here
  perform pg_advisory_xact_lock(hashtextextended('audit_seals', 0));
  sealed := 0;
  select s.number, s.hash into seal.number, seal.hash from audit_seals s order by s.number desc limit 1;
  seal.number := coalesce(seal.number, 0);
  for entry in
    select l.* from audit_unsealed u join audit_log l on l.id = u.audit_id order by u.audit_id limit most
  loop
    seal.number := seal.number + 1;
    seal.hash := audit.hash_of(coalesce(seal.hash, ''::bytea), entry);
    insert into audit_seals (number, audit_id, hash, sealed_at)
      values (seal.number, entry.id, seal.hash, app_now());
    delete from audit_unsealed u where u.audit_id = entry.id;
    sealed := sealed + 1;
  end loop;
  return next;
end
$$;

-- Computes at most so many seals anew, from the one after `after`; answers how many hold, the last of them, and what is
-- wrong with the next one, if anything is.
create function audit.check_seals(after bigint, most integer)
  returns table (checked bigint, number bigint, hash bytea, finding text)
  language plpgsql stable security definer set search_path = public, pg_temp
  as $$
declare
  seal record;
  entry audit_log;
begin
  checked := 0;
  number := after;
  select s.hash into check_seals.hash from audit_seals s where s.number = after;
  for seal in
    select s.number, s.hash, s.audit_id from audit_seals s where s.number > after order by s.number limit most
  loop
    select l.* into entry from audit_log l where l.id = seal.audit_id;
    if seal.number <> check_seals.number + 1 then
      finding := format('The seals between %s and %s are gone.', check_seals.number, seal.number);
    elsif entry.id is null then
      finding := format('The entry %s of seal %s is gone.', seal.audit_id, seal.number);
    elsif audit.hash_of(coalesce(check_seals.hash, ''::bytea), entry) <> seal.hash then
      finding := format('The entry %s of seal %s is not what was sealed.', seal.audit_id, seal.number);
    end if;
    exit when finding is not null;
    checked := checked + 1;
    check_seals.number := seal.number;
    check_seals.hash := seal.hash;
  end loop;
  return next;
end
$$;

-- Entries that went past the trigger, and notes of entries that were taken away before they were sealed.
create function audit.unaccounted() returns table (put_in bigint, taken_out bigint)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select
      (select count(*) from audit_log l
       where not exists (select from audit_seals s where s.audit_id = l.id)
         and not exists (select from audit_unsealed u where u.audit_id = l.id)),
      (select count(*) from audit_unsealed u where not exists (select from audit_log l where l.id = u.audit_id))
  $$;

-- Who runs the platform: for the command line, and for the audit log's filter.
create function audit.operators() returns table (user_id uuid, name text, email text, level text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select u.id, u.name, u.email, o.level from operators o join users u on u.id = o.user_id order by u.name, u.id
    limit 1000
  $$;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema audit to ledgerline_auth';
  foreach f in array array['audit.note()', 'audit.hash_of(bytea, audit_log)', 'audit.seal(integer)',
    'audit.check_seals(bigint, integer)', 'audit.unaccounted()', 'audit.operators()']::regprocedure[]
  loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
  end loop;
  execute 'revoke create on schema audit from ledgerline_auth';
end
$$;
grant execute on function audit.seal(integer) to ledgerline_engine;
grant execute on function audit.check_seals(bigint, integer), audit.unaccounted()
  to ledgerline_engine, ledgerline_platform;
grant execute on function audit.operators() to ledgerline_platform;

create trigger note after insert on audit_log for each row execute function audit.note();

-- row-level security is forced, so only this role sees what was written before
set local role ledgerline_auth;
insert into audit_unsealed select id from audit_log;
reset role;
