-- The portal link: with it a client gets from a mail to an engagement, without an account.
--
-- A link belongs to one contact of one engagement. The mails that carry it mint a token each, since a hash cannot be mailed
-- again; opening one opens a session of that link in that browser. Tokens, sessions and access codes stand in tables that
-- no login role has a right on, as those of accounts do.
create table portal_links (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  proposal_id uuid not null,
  client_id uuid not null,
  contact_id uuid not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- since when an access code is asked for; the code itself is a hash in portal_codes
  code_set_at timestamptz,
  rotated_at timestamptz,
  last_sent_at timestamptz,
  last_opened_at timestamptz,
  opens integer not null default 0,
  created_by uuid not null references users (id),
  created_at timestamptz not null,
  unique (workspace_id, id),
  foreign key (workspace_id, proposal_id) references proposals (workspace_id, id),
  foreign key (workspace_id, client_id) references clients (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
);
-- one for each person; whoever was shut out may be given a new one
create unique index portal_links_contact_key on portal_links (workspace_id, proposal_id, contact_id)
  where revoked_at is null;
create index portal_links_page on portal_links (workspace_id, proposal_id, created_at, id);
create index portal_links_by_contact on portal_links (workspace_id, contact_id);
create index portal_links_by_client on portal_links (workspace_id, client_id);

create table portal_codes (
  workspace_id uuid not null,
  link_id uuid not null,
  code_hash text not null,
  primary key (workspace_id, link_id),
  foreign key (workspace_id, link_id) references portal_links (workspace_id, id)
);

create table portal_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  workspace_id uuid not null,
  link_id uuid not null,
  created_at timestamptz not null,
  foreign key (workspace_id, link_id) references portal_links (workspace_id, id)
);
create index portal_tokens_link on portal_tokens (workspace_id, link_id);

create table portal_sessions (
  token_hash bytea primary key check (length(token_hash) = 32),
  workspace_id uuid not null,
  link_id uuid not null,
  -- whether the access code was given, or there was none to give
  admitted boolean not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  foreign key (workspace_id, link_id) references portal_links (workspace_id, id)
);
create index portal_sessions_link on portal_sessions (workspace_id, link_id);
create index portal_sessions_seen on portal_sessions (last_seen_at);

do $$
declare
  t text;
begin
  foreach t in array array['portal_links', 'portal_codes', 'portal_tokens', 'portal_sessions'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy auth on %I to ledgerline_auth using (true) with check (true)', t);
  end loop;
end
$$;
create policy tenant on portal_links to ledgerline_app, ledgerline_engine
  using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());
create policy portal on portal_links as restrictive to ledgerline_app using (current_portal() is null);
grant select, insert on portal_links to ledgerline_app;
grant update (expires_at, revoked_at, rotated_at) on portal_links to ledgerline_app;
grant select on portal_links to ledgerline_engine;
grant select, insert, update, delete on portal_codes, portal_tokens, portal_sessions to ledgerline_auth;
grant select, update on portal_links to ledgerline_auth;

-- What the functions below read of an engagement.
create policy auth on proposals for select to ledgerline_auth using (true);
create policy auth on projects for select to ledgerline_auth using (true);
create policy auth on contacts for select to ledgerline_auth using (true);
grant select (id, workspace_id, state, title, sent_version) on proposals to ledgerline_auth;
grant select (id, workspace_id, proposal_id) on projects to ledgerline_auth;
grant select (id, workspace_id, client_id, name, email, access, archived_at) on contacts to ledgerline_auth;

-- The narrow questions -----------------------------------------------------------------------------------

-- Whether a link lets in: neither shut nor run out, its person is still one of the client's, and there is something that
-- the client was sent or that was agreed on.
create function auth.portal_visit(workspace_id uuid, link_id uuid)
  returns table (proposal_id uuid, project_id uuid, client_id uuid, contact_id uuid, access text, expires_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select l.proposal_id, j.id, l.client_id, l.contact_id, c.access, l.expires_at
      from portal_links l
        join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id and c.archived_at is null
          and c.client_id = l.client_id
        join proposals p on p.workspace_id = l.workspace_id and p.id = l.proposal_id
          and p.state <> 'draft' and (p.sent_version is not null or p.state in ('active', 'completed'))
        left join projects j on j.workspace_id = l.workspace_id and j.proposal_id = l.proposal_id
      where l.workspace_id = portal_visit.workspace_id and l.id = portal_visit.link_id
        and l.revoked_at is null and l.expires_at > app_now()
  $$;

-- Opens a session with the token of a mail, and answers where it leads. A token may be used as often as one likes, since
-- programs that look at mails for people open links, too. The row of the link is locked before the token is looked at
-- again, so that a link which is being shut lets nobody slip in.
create function auth.open_portal(token_hash bytea, session_hash bytea) returns uuid
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  of_workspace uuid;
  of_link uuid;
  leads_to uuid;
begin
  select t.workspace_id, t.link_id into of_workspace, of_link from portal_tokens t
    where t.token_hash = open_portal.token_hash;
  if of_link is null then
    return null;
  end if;
  perform from portal_links l where l.workspace_id = of_workspace and l.id = of_link for update;
  select v.proposal_id into leads_to from auth.portal_visit(of_workspace, of_link) v
    where exists (select from portal_tokens t where t.token_hash = open_portal.token_hash);
  if leads_to is null then
    return null;
  end if;
  update portal_links l set opens = l.opens + 1, last_opened_at = app_now()
    where l.workspace_id = of_workspace and l.id = of_link;
  insert into portal_sessions (token_hash, workspace_id, link_id, admitted, created_at, last_seen_at)
    select open_portal.session_hash, of_workspace, of_link, l.code_set_at is null, app_now(), app_now()
    from portal_links l where l.workspace_id = of_workspace and l.id = of_link;
  return leads_to;
end
$$;

-- The living session of an engagement behind a cookie; idle for 30 days means gone.
create function auth.portal_session(session_hash bytea, proposal_id uuid)
  returns table (workspace_id uuid, link_id uuid, project_id uuid, client_id uuid, contact_id uuid, access text,
    expires_at timestamptz, admitted boolean)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  found_session portal_sessions;
begin
  select s.* into found_session from portal_sessions s
    where s.token_hash = portal_session.session_hash and s.last_seen_at > app_now() - interval '30 days';
  if found_session.link_id is null then
    return;
  end if;
  if found_session.last_seen_at < app_now() - interval '10 minutes' then
    -- two requests at the same moment must not wait for each other
    update portal_sessions s set last_seen_at = app_now()
      where s.token_hash in (select o.token_hash from portal_sessions o
        where o.token_hash = portal_session.session_hash for update skip locked);
  end if;
  return query
    select found_session.workspace_id, found_session.link_id, v.project_id, v.client_id, v.contact_id, v.access,
      v.expires_at, found_session.admitted
    from auth.portal_visit(found_session.workspace_id, found_session.link_id) v
    where v.proposal_id = portal_session.proposal_id;
end
$$;

-- The engagement behind the token of a mail, for programs. A link with an access code is for people.
create function auth.portal_token(token_hash bytea, proposal_id uuid)
  returns table (workspace_id uuid, link_id uuid, project_id uuid, client_id uuid, contact_id uuid, access text,
    expires_at timestamptz, admitted boolean)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select t.workspace_id, t.link_id, v.project_id, v.client_id, v.contact_id, v.access, v.expires_at, l.code_set_at is null
      from portal_tokens t
        join portal_links l on l.workspace_id = t.workspace_id and l.id = t.link_id
        cross join lateral auth.portal_visit(t.workspace_id, t.link_id) v
      where t.token_hash = portal_token.token_hash and v.proposal_id = portal_token.proposal_id
  $$;

create function auth.end_portal_session(session_hash bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from portal_sessions s where s.token_hash = end_portal_session.session_hash $$;

-- The hash of the code that a session's link asks for.
create function auth.portal_code(session_hash bytea) returns text
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select c.code_hash from portal_sessions s join portal_codes c on c.workspace_id = s.workspace_id and c.link_id = s.link_id
      where s.token_hash = portal_code.session_hash
  $$;

-- The code was given: lets the session in, unless the code has changed since it was looked at.
create function auth.admit_to_portal(session_hash bytea, code_hash text) returns boolean
  language sql security definer set search_path = public, pg_temp
  as $$
    with admitted as (
      update portal_sessions s set admitted = true from portal_codes c
        where s.token_hash = admit_to_portal.session_hash
          and c.workspace_id = s.workspace_id and c.link_id = s.link_id and c.code_hash = admit_to_portal.code_hash
        returning 1)
    select exists (select from admitted)
  $$;

-- Ends all tokens and sessions of a link of the transaction's workspace, whose row the caller has changed before.
create function auth.end_portal_access(link_id uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    delete from portal_tokens t where t.workspace_id = current_workspace() and t.link_id = end_portal_access.link_id;
    delete from portal_sessions s where s.workspace_id = current_workspace() and s.link_id = end_portal_access.link_id;
  $$;

-- Sets the access code of a link of the transaction's workspace, or takes it away. Who is in must give the new one.
create function auth.set_portal_code(link_id uuid, code_hash text) returns void
  language sql security definer set search_path = public, pg_temp
  as $$
    update portal_links l set code_set_at = case when set_portal_code.code_hash is not null then app_now() end
      where l.workspace_id = current_workspace() and l.id = set_portal_code.link_id;
    delete from portal_codes c where c.workspace_id = current_workspace() and c.link_id = set_portal_code.link_id;
    insert into portal_codes (workspace_id, link_id, code_hash)
      select l.workspace_id, l.id, set_portal_code.code_hash from portal_links l
        where l.workspace_id = current_workspace() and l.id = set_portal_code.link_id
          and set_portal_code.code_hash is not null;
    update portal_sessions s set admitted = set_portal_code.code_hash is null
      where s.workspace_id = current_workspace() and s.link_id = set_portal_code.link_id;
  $$;

-- Mints a token and answers what its mail says; nothing when the link lets nobody in, so that no mail is sent for it.
create function auth.mint_portal_token(link_id uuid, token_hash bytea)
  returns table (workspace_name text, name text, email text, title text, expires_at timestamptz, has_code boolean)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  of_workspace uuid;
begin
  -- whoever shuts the link comes before, and then there is nothing to mint, or after, and takes the token away
  select l.workspace_id into of_workspace from portal_links l where l.id = mint_portal_token.link_id for update;
  if not exists (select from auth.portal_visit(of_workspace, mint_portal_token.link_id)) then
    return;
  end if;
  return query
    with words as (
      select w.name, c.name::text as person, c.email, p.title::text as title, l.expires_at, l.code_set_at
        from portal_links l join workspaces w on w.id = l.workspace_id
          join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id and c.email is not null
          join proposals p on p.workspace_id = l.workspace_id and p.id = l.proposal_id
        where l.workspace_id = of_workspace and l.id = mint_portal_token.link_id
    ), sent as (
      update portal_links l set last_sent_at = app_now() from words
        where l.workspace_id = of_workspace and l.id = mint_portal_token.link_id
    ), minted as (
      insert into portal_tokens (token_hash, workspace_id, link_id, created_at)
        select mint_portal_token.token_hash, of_workspace, mint_portal_token.link_id, app_now() from words
    )
    select o.name, o.person, o.email, o.title, o.expires_at, o.code_set_at is not null from words o;
end
$$;

-- The links that somebody who has lost theirs may be mailed: by the engagement, by the address that is registered, or by
-- both. Links that have run out are told apart, since only a producer gives more time.
create function auth.portal_links_of(proposal_id uuid, email text)
  returns table (workspace_id uuid, link_id uuid, engagement_id uuid, project_id uuid, client_id uuid, contact_id uuid,
    access text, is_open boolean)
  language plpgsql stable security definer set search_path = public, pg_temp
  as $$
declare
  links uuid[];
begin
  if portal_links_of.proposal_id is not null then
    links := array(select l.id from portal_links l
      where l.proposal_id = portal_links_of.proposal_id and l.revoked_at is null);
  else
    links := array(select l.id from contacts c
      join portal_links l on l.workspace_id = c.workspace_id and l.contact_id = c.id and l.revoked_at is null
      where lower(c.email) = lower(portal_links_of.email) and c.archived_at is null);
  end if;
  return query
    select l.workspace_id, l.id, l.proposal_id, j.id, l.client_id, l.contact_id, c.access, l.expires_at > app_now()
      from portal_links l
        join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id and c.archived_at is null
          and c.email is not null and c.client_id = l.client_id
        join proposals p on p.workspace_id = l.workspace_id and p.id = l.proposal_id
          and p.state <> 'draft' and (p.sent_version is not null or p.state in ('active', 'completed'))
        left join projects j on j.workspace_id = l.workspace_id and j.proposal_id = l.proposal_id
      where l.id = any(links)
        and (portal_links_of.email is null or lower(c.email) = lower(portal_links_of.email))
      order by l.created_at desc, l.id desc
      limit 20;
end
$$;
create index contacts_email_of_all on contacts (lower(email)) where archived_at is null;
create index portal_links_of_proposal on portal_links (proposal_id) where revoked_at is null;

-- Drops what has no meaning any more: run by a recurring job.
create function auth.sweep_portal() returns bigint
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  swept bigint := 0;
  n bigint;
begin
  delete from portal_sessions s where s.last_seen_at < app_now() - interval '30 days' or exists (
    select from portal_links l where l.workspace_id = s.workspace_id and l.id = s.link_id
      and (l.revoked_at is not null or l.expires_at < app_now()));
  get diagnostics n = row_count; swept := swept + n;
  -- a link that has run out may be given more time, and its mails shall work again then
  delete from portal_tokens t using portal_links l
    where l.workspace_id = t.workspace_id and l.id = t.link_id
      and (l.revoked_at is not null or l.expires_at < app_now() - interval '1 year');
  get diagnostics n = row_count; swept := swept + n;
  return swept;
end
$$;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  for f in select p.oid::regprocedure from pg_proc p
      where p.pronamespace = 'auth'::regnamespace and p.proname ~ 'portal' loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
-- tokens are minted by the workers, where mails are sent; a request can never mint one
grant execute on function auth.open_portal(bytea, bytea), auth.portal_session(bytea, uuid), auth.portal_token(bytea, uuid),
  auth.end_portal_session(bytea), auth.portal_code(bytea), auth.admit_to_portal(bytea, text),
  auth.end_portal_access(uuid), auth.set_portal_code(uuid, text), auth.portal_links_of(uuid, text) to ledgerline_app;
grant execute on function auth.mint_portal_token(uuid, bytea), auth.sweep_portal() to ledgerline_engine;
