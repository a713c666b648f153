-- Accounts of clients. Nobody needs one: with it the engagements of an address stand on one page, without its links.
--
-- Whoever has read a mail at the address that producers know, and logs in with that address, sees what links to it open.
-- So nothing is copied: a contact who is put away, gets another address, or whose link is revoked is out at the same moment.
create table client_accounts (
  user_id uuid primary key references users (id),
  created_at timestamptz not null
);

-- One code at a time for each link, good for half an hour.
create table portal_account_codes (
  workspace_id uuid not null,
  link_id uuid not null,
  code_hash bytea not null check (length(code_hash) = 32),
  expires_at timestamptz not null,
  primary key (workspace_id, link_id),
  foreign key (workspace_id, link_id) references portal_links (workspace_id, id)
);
alter table portal_account_codes enable row level security;
alter table portal_account_codes force row level security;
create policy auth on portal_account_codes to ledgerline_auth using (true) with check (true);
grant select, insert, update, delete on client_accounts, portal_account_codes to ledgerline_auth;

create policy auth on payments for select to ledgerline_auth using (true);
grant select (workspace_id, proposal_id, state, amount_minor, currency) on payments to ledgerline_auth;
grant select (state, title, created_at) on projects to ledgerline_auth;

-- Mints a code and answers what its mail says; nothing when the link lets nobody in.
create function auth.mint_account_code(link_id uuid, code_hash bytea)
  returns table (workspace_name text, name text, email text)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
declare
  of_workspace uuid;
begin
  select l.workspace_id into of_workspace from portal_links l where l.id = mint_account_code.link_id for update;
  if not exists (select from auth.portal_visit(of_workspace, mint_account_code.link_id)) then
    return;
  end if;
  insert into portal_account_codes as k (workspace_id, link_id, code_hash, expires_at)
    values (of_workspace, mint_account_code.link_id, mint_account_code.code_hash, app_now() + interval '30 minutes')
    on conflict on constraint portal_account_codes_pkey
      do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at;
  return query
    select w.name, c.name::text, c.email
      from portal_links l join workspaces w on w.id = l.workspace_id
        join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id
      where l.workspace_id = of_workspace and l.id = mint_account_code.link_id and c.email is not null;
end
$$;

-- The address that a link's code was mailed to, and the account it has; nothing for a wrong code.
create function auth.account_code(link_id uuid, code_hash bytea) returns table (email text, user_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select c.email, u.id
      from portal_account_codes k
        join portal_links l on l.workspace_id = k.workspace_id and l.id = k.link_id
        join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id and c.email is not null
        left join users u on lower(u.email) = lower(c.email)
      where k.link_id = account_code.link_id and k.code_hash = account_code.code_hash and k.expires_at > app_now()
  $$;

-- Uses a code up: from now on the user of its address sees what links to that address open. False when it is not good.
create function auth.open_client_account(link_id uuid, code_hash bytea, user_id uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
  as $$
begin
  delete from portal_account_codes k using portal_links l, contacts c, users u
    where k.link_id = open_client_account.link_id and k.code_hash = open_client_account.code_hash
      and k.expires_at > app_now()
      and l.workspace_id = k.workspace_id and l.id = k.link_id
      and c.workspace_id = l.workspace_id and c.id = l.contact_id
      and u.id = open_client_account.user_id and lower(u.email) = lower(c.email);
  if not found then
    return false;
  end if;
  insert into client_accounts (user_id, created_at) values (open_client_account.user_id, app_now())
    on conflict on constraint client_accounts_pkey do nothing;
  return true;
end
$$;

-- What links to a user's address open, whether they have run out or not: revoking one shuts the account out of it, too.
create function auth.client_engagements(user_id uuid, proposal_id uuid)
  returns table (workspace_id uuid, engagement_id uuid, project_id uuid, client_id uuid, contact_id uuid, access text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select distinct on (l.workspace_id, l.proposal_id)
      l.workspace_id, l.proposal_id, j.id, l.client_id, l.contact_id, c.access
    from client_accounts a
      join users u on u.id = a.user_id
      join contacts c on lower(c.email) = lower(u.email) and c.archived_at is null
      join portal_links l on l.workspace_id = c.workspace_id and l.contact_id = c.id and l.client_id = c.client_id
        and l.revoked_at is null
      join proposals p on p.workspace_id = l.workspace_id and p.id = l.proposal_id
        and p.state <> 'draft' and (p.sent_version is not null or p.state in ('active', 'completed'))
      left join projects j on j.workspace_id = l.workspace_id and j.proposal_id = l.proposal_id
    where a.user_id = client_engagements.user_id
      and (client_engagements.proposal_id is null or l.proposal_id = client_engagements.proposal_id)
    order by l.workspace_id, l.proposal_id, l.created_at
  $$;

-- The page of a client's account: their engagements, newest first, and what was paid for each.
create function auth.client_dashboard(user_id uuid)
  returns table (proposal_id uuid, workspace_name text, title text, proposal_state text, project_state text,
    at timestamptz, paid jsonb)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select e.engagement_id, w.name, coalesce(j.title, p.title)::text, p.state, j.state, coalesce(j.created_at, p.sent_at),
      coalesce((select jsonb_object_agg(y.currency, y.sum) from (
        select y.currency, sum(y.amount_minor) as sum from payments y
          where y.workspace_id = e.workspace_id and y.proposal_id = e.engagement_id and y.state in ('paid', 'manual')
          group by y.currency) y), '{}')
    from auth.client_engagements(client_dashboard.user_id, null) e
      join workspaces w on w.id = e.workspace_id
      join proposals p on p.workspace_id = e.workspace_id and p.id = e.engagement_id
      left join projects j on j.workspace_id = e.workspace_id and j.id = e.project_id
    order by coalesce(j.created_at, p.sent_at) desc nulls last, e.engagement_id
  $$;
grant select (sent_at) on proposals to ledgerline_auth;

do $$
declare
  f regprocedure;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  foreach f in array array['auth.mint_account_code(uuid, bytea)', 'auth.account_code(uuid, bytea)',
      'auth.open_client_account(uuid, bytea, uuid)', 'auth.client_engagements(uuid, uuid)',
      'auth.client_dashboard(uuid)']::regprocedure[] loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
grant execute on function auth.account_code(uuid, bytea), auth.open_client_account(uuid, bytea, uuid),
  auth.client_engagements(uuid, uuid), auth.client_dashboard(uuid) to ledgerline_app;
grant execute on function auth.mint_account_code(uuid, bytea) to ledgerline_engine;
