-- People, workspaces and who may do what in them.
--
-- Secrets (password hashes, tokens) stand in tables on which no login role has any right. The functions of
-- schema `auth` are the only way in; each answers one narrow question. They run as `ledgerline_auth`, a role
-- that never logs in, so that they work although row-level security is forced and although the owner of the
-- database need not be a superuser.
do $$
begin
  if not exists (select from pg_roles where rolname = 'ledgerline_auth') then
    begin
      create role ledgerline_auth nologin;
    exception when duplicate_object or unique_violation then
      null; -- another database of this cluster is being migrated at the same moment
    end;
  end if;
  if not pg_has_role(current_user, 'ledgerline_auth', 'member') then
    execute format('grant ledgerline_auth to %I', current_user);
  end if;
end
$$;

create schema auth;
revoke all on schema auth from public;
grant usage on schema auth to ledgerline_app, ledgerline_engine, ledgerline_auth;
grant usage on schema public to ledgerline_auth;
grant select on clock to ledgerline_auth;

create table users (
  id uuid primary key,
  email text not null check (length(email) <= 254),
  name text not null check (length(name) between 1 and 255),
  password_hash text not null,
  created_at timestamptz not null,
  password_changed_at timestamptz not null
);
create unique index users_email_key on users (lower(email));

create table workspaces (
  id uuid primary key,
  name text not null check (length(name) between 1 and 255),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table members (
  workspace_id uuid not null references workspaces (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'manager', 'member')),
  created_at timestamptz not null,
  primary key (workspace_id, user_id)
);
create index members_user on members (user_id);

create table operators (
  user_id uuid primary key references users (id),
  level text not null check (level in ('full', 'read_only')),
  created_at timestamptz not null
);

create table sessions (
  id uuid primary key,
  token_hash bytea not null check (length(token_hash) = 32),
  user_id uuid not null references users (id),
  workspace_id uuid,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  -- whoever leaves a workspace is out of it in every browser at the same moment
  constraint sessions_member_fkey foreign key (workspace_id, user_id)
    references members (workspace_id, user_id) on delete set null (workspace_id)
);
create unique index sessions_token_hash_key on sessions (token_hash);
create index sessions_member on sessions (user_id, workspace_id);
create index sessions_expires_at on sessions (expires_at);

create table password_resets (
  id uuid primary key,
  user_id uuid not null references users (id),
  token_hash bytea not null check (length(token_hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create unique index password_resets_token_hash_key on password_resets (token_hash);
create index password_resets_user on password_resets (user_id);

create table invitations (
  id uuid not null,
  workspace_id uuid not null references workspaces (id),
  email text not null check (length(email) <= 254),
  role text not null check (role in ('owner', 'manager', 'member')),
  invited_by uuid not null references users (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  primary key (id),
  unique (workspace_id, id)
);
create unique index invitations_open_email_key on invitations (workspace_id, lower(email))
  where accepted_at is null and withdrawn_at is null;

-- Each mail mints its own token, since a hash cannot be mailed again.
create table invitation_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  workspace_id uuid not null,
  invitation_id uuid not null,
  created_at timestamptz not null,
  foreign key (workspace_id, invitation_id) references invitations (workspace_id, id) on delete cascade
);
create index invitation_tokens_invitation on invitation_tokens (workspace_id, invitation_id);

-- One row for each thing that is limited (a mail address, an internet address; both hashed). `allowance_at`
-- is the theoretical arrival time of the generic cell rate algorithm: exact, and one small row per key.
create table attempts (
  scope text not null,
  key bytea not null check (length(key) = 32),
  allowance_at timestamptz not null,
  primary key (scope, key)
);
create index attempts_allowance_at on attempts (allowance_at);

create table audit_log (
  id uuid primary key,
  workspace_id uuid references workspaces (id),
  actor_kind text not null check (actor_kind in ('user', 'job', 'operator', 'anonymous')),
  actor_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id uuid,
  data jsonb not null default '{}',
  request_id text,
  at timestamptz not null,
  unique (workspace_id, id)
);
create index audit_log_page on audit_log (workspace_id, at desc, id desc);

create table events (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  kind text not null,
  subject_kind text not null,
  subject_id uuid not null,
  actor_id uuid,
  data jsonb not null default '{}',
  at timestamptz not null,
  unique (workspace_id, id)
);
create index events_subject on events (workspace_id, subject_kind, subject_id, at desc, id desc);

-- Row-level security -------------------------------------------------------------------------------------

do $$
declare
  t text;
begin
  foreach t in array array['workspaces', 'members', 'invitations', 'invitation_tokens', 'audit_log', 'events'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
  foreach t in array array['members', 'invitations', 'events'] loop
    execute format('create policy tenant on %I to ledgerline_app, ledgerline_engine
      using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', t);
  end loop;
  foreach t in array array['workspaces', 'members', 'invitations', 'invitation_tokens'] loop
    execute format('create policy auth on %I to ledgerline_auth using (true) with check (true)', t);
  end loop;
end
$$;
create policy tenant on workspaces to ledgerline_app, ledgerline_engine
  using (id = current_workspace()) with check (id = current_workspace());
create policy operators on workspaces for select to ledgerline_platform using (true);
create policy tenant_reads on audit_log for select to ledgerline_app, ledgerline_engine
  using (workspace_id = current_workspace());
-- what happens before anyone is in a workspace (a login, a reset) is audited without one
create policy tenant_writes on audit_log for insert to ledgerline_app, ledgerline_engine
  with check (workspace_id is null or workspace_id = current_workspace());
create policy operators_read on audit_log for select to ledgerline_platform using (true);
create policy operators_write on audit_log for insert to ledgerline_platform with check (true);

grant select, insert on workspaces to ledgerline_app;
grant update (name, updated_at) on workspaces to ledgerline_app;
grant select, insert, delete on members to ledgerline_app;
grant update (role) on members to ledgerline_app;
grant select, insert on invitations to ledgerline_app;
grant update (withdrawn_at) on invitations to ledgerline_app;
grant select, insert on audit_log, events to ledgerline_app, ledgerline_engine;
grant select on workspaces, members, invitations to ledgerline_engine;
grant select on workspaces, audit_log to ledgerline_platform;
grant insert on audit_log to ledgerline_platform;
grant select, insert, update, delete on users, sessions, password_resets, invitation_tokens, attempts to ledgerline_auth;
grant select on operators, workspaces to ledgerline_auth;
grant select, insert on members to ledgerline_auth;
grant select, update (accepted_at) on invitations to ledgerline_auth;

-- The narrow questions -----------------------------------------------------------------------------------

-- Takes one attempt. Answers 0 when it is allowed, else the seconds until the next one is.
create function auth.attempt(scope text, key bytea, burst integer, every interval) returns integer
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  present timestamptz := app_now();
  taken boolean;
begin
  insert into attempts as a (scope, key, allowance_at)
    values (attempt.scope, attempt.key, present + attempt.every)
    on conflict on constraint attempts_pkey do update
      set allowance_at = greatest(a.allowance_at, present) + attempt.every
      where greatest(a.allowance_at, present) + attempt.every <= present + attempt.every * attempt.burst
    returning true into taken;
  if taken then
    return 0;
  end if;
  return (
    select greatest(1, ceil(extract(epoch from a.allowance_at + attempt.every - attempt.every * attempt.burst - present)))
      from attempts a where a.scope = attempt.scope and a.key = attempt.key
  );
end
$$;

create function auth.forgive_attempts(scope text, key bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from attempts a where a.scope = forgive_attempts.scope and a.key = forgive_attempts.key $$;

-- Drops what has no meaning any more: run by a recurring job.
create function auth.sweep() returns bigint
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  swept bigint := 0;
  n bigint;
begin
  delete from attempts where allowance_at < app_now();
  get diagnostics n = row_count; swept := swept + n;
  delete from sessions where expires_at < app_now() or last_seen_at < app_now() - interval '30 days';
  get diagnostics n = row_count; swept := swept + n;
  delete from password_resets where expires_at < app_now();
  get diagnostics n = row_count; swept := swept + n;
  delete from invitation_tokens t using invitations i
    where i.workspace_id = t.workspace_id and i.id = t.invitation_id
      and (i.expires_at < app_now() or i.accepted_at is not null or i.withdrawn_at is not null);
  get diagnostics n = row_count; swept := swept + n;
  return swept;
end
$$;

create function auth.create_user(id uuid, email text, name text, password_hash text) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    insert into users (id, email, name, password_hash, created_at, password_changed_at)
      values (create_user.id, create_user.email, create_user.name, create_user.password_hash, app_now(), app_now())
  $$;

create function auth.credentials(email text) returns table (user_id uuid, password_hash text)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select u.id, u.password_hash from users u where lower(u.email) = lower(credentials.email) $$;

-- Whom a mail goes to.
create function auth.contact(user_id uuid) returns table (name text, email text)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select u.name, u.email from users u where u.id = contact.user_id $$;

-- Opens a session in the workspace asked for, else in the one the user was in last, else in the oldest.
create function auth.open_session(id uuid, token_hash bytea, user_id uuid, workspace_id uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    insert into sessions (id, token_hash, user_id, workspace_id, created_at, last_seen_at, expires_at)
    select open_session.id, open_session.token_hash, open_session.user_id,
      (select m.workspace_id from members m
         left join lateral (select max(s.last_seen_at) as seen from sessions s
           where s.user_id = m.user_id and s.workspace_id = m.workspace_id) was on true
        where m.user_id = open_session.user_id
        order by m.workspace_id is not distinct from open_session.workspace_id desc,
          was.seen desc nulls last, m.created_at, m.workspace_id
        limit 1),
      app_now(), app_now(), app_now() + interval '90 days'
  $$;

-- The living session behind a token; idle for 30 days or 90 days old means gone.
create function auth.session(token_hash bytea)
  returns table (session_id uuid, user_id uuid, name text, email text, operator text,
    workspace_id uuid, workspace_name text, role text, workspaces jsonb)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  found_id uuid;
  seen timestamptz;
begin
  select s.id, s.last_seen_at into found_id, seen from sessions s
    where s.token_hash = session.token_hash
      and s.expires_at > app_now() and s.last_seen_at > app_now() - interval '30 days';
  if found_id is null then
    return;
  end if;
  if seen < app_now() - interval '1 minute' then
    -- two requests at the same moment must not wait for each other
    update sessions s set last_seen_at = app_now()
      where s.id in (select l.id from sessions l where l.id = found_id for update skip locked);
  end if;
  return query
    select s.id, u.id, u.name, u.email, o.level, w.id, w.name, m.role,
      coalesce((select jsonb_agg(jsonb_build_object('id', ws.id, 'name', ws.name, 'role', ms.role) order by ws.name, ws.id)
        from members ms join workspaces ws on ws.id = ms.workspace_id where ms.user_id = u.id), '[]')
    from sessions s
      join users u on u.id = s.user_id
      left join operators o on o.user_id = u.id
      left join members m on m.workspace_id = s.workspace_id and m.user_id = s.user_id
      left join workspaces w on w.id = m.workspace_id
    where s.id = found_id;
end
$$;

create function auth.end_session(token_hash bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from sessions s where s.token_hash = end_session.token_hash $$;

-- Moves a session to another of its user's workspaces; false when there is no such membership.
create function auth.enter_workspace(session_id uuid, workspace_id uuid) returns boolean
  language sql security definer set search_path = public, pg_temp
  as $$
    with moved as (
      update sessions s set workspace_id = m.workspace_id from members m
        where s.id = enter_workspace.session_id and m.user_id = s.user_id
          and m.workspace_id = enter_workspace.workspace_id
        returning 1)
    select exists (select from moved)
  $$;

-- Names and addresses of the members of the transaction's workspace.
create function auth.members() returns table (user_id uuid, name text, email text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select u.id, u.name, u.email from members m join users u on u.id = m.user_id
      where m.workspace_id = current_workspace()
  $$;

create function auth.mint_password_reset(id uuid, user_id uuid, token_hash bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    insert into password_resets (id, user_id, token_hash, created_at, expires_at)
      values (mint_password_reset.id, mint_password_reset.user_id, mint_password_reset.token_hash,
        app_now(), app_now() + interval '1 hour')
  $$;

-- Uses a reset up: sets the password and ends every session of the user. Null when the token is not valid.
create function auth.complete_password_reset(token_hash bytea, password_hash text) returns uuid
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  owner uuid;
begin
  delete from password_resets r
    where r.token_hash = complete_password_reset.token_hash and r.expires_at > app_now()
    returning r.user_id into owner;
  if owner is null then
    return null;
  end if;
  delete from password_resets r where r.user_id = owner;
  delete from sessions s where s.user_id = owner;
  update users u set password_hash = complete_password_reset.password_hash, password_changed_at = app_now()
    where u.id = owner;
  return owner;
end
$$;

create function auth.password_reset_is_open(token_hash bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select exists (select from password_resets r
      where r.token_hash = password_reset_is_open.token_hash and r.expires_at > app_now())
  $$;

-- Answers false when the invitation is not open (any more), so that no mail is sent for it.
create function auth.mint_invitation_token(invitation_id uuid, token_hash bytea)
  returns table (workspace_id uuid, workspace_name text, email text, role text, inviter text, expires_at timestamptz)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
begin
  return query
    with open as (
      select i.* from invitations i
        where i.id = mint_invitation_token.invitation_id
          and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > app_now()
    ), minted as (
      insert into invitation_tokens (token_hash, workspace_id, invitation_id, created_at)
        select mint_invitation_token.token_hash, o.workspace_id, o.id, app_now() from open o
    )
    select o.workspace_id, w.name, o.email, o.role, u.name, o.expires_at
      from open o join workspaces w on w.id = o.workspace_id join users u on u.id = o.invited_by;
end
$$;

-- The open invitation behind a token, and the account its address already has.
create function auth.invitation(token_hash bytea)
  returns table (invitation_id uuid, workspace_id uuid, workspace_name text, email text, role text, user_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select i.id, i.workspace_id, w.name, i.email, i.role, u.id
      from invitation_tokens t
        join invitations i on i.workspace_id = t.workspace_id and i.id = t.invitation_id
        join workspaces w on w.id = i.workspace_id
        left join users u on lower(u.email) = lower(i.email)
      where t.token_hash = invitation.token_hash
        and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > app_now()
  $$;

-- Makes the user a member as invited, and answers the workspace; null when the token is not (or no longer) valid.
-- Who is a member already keeps the role, so an old invitation never changes one.
create function auth.accept_invitation(token_hash bytea, user_id uuid) returns uuid
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  joined uuid;
  as_role text;
begin
  update invitations i set accepted_at = app_now()
    from invitation_tokens t
    where t.token_hash = accept_invitation.token_hash
      and i.workspace_id = t.workspace_id and i.id = t.invitation_id
      and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > app_now()
    returning i.workspace_id, i.role into joined, as_role;
  if joined is not null then
    insert into members (workspace_id, user_id, role, created_at)
      values (joined, accept_invitation.user_id, as_role, app_now())
      on conflict on constraint members_pkey do nothing;
  end if;
  return joined;
end
$$;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'auth'::regnamespace loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to ledgerline_app', f);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
grant execute on function auth.contact(uuid), auth.mint_password_reset(uuid, uuid, bytea),
  auth.mint_invitation_token(uuid, bytea), auth.sweep() to ledgerline_engine;
-- tokens are minted by the workers, where mails are sent; a request can never mint one
revoke execute on function auth.mint_password_reset(uuid, uuid, bytea),
  auth.mint_invitation_token(uuid, bytea), auth.contact(uuid), auth.sweep() from ledgerline_app;
