-- How a workspace looks to its clients: in the portal and in the mails that bring them there.
create table brandings (
  workspace_id uuid primary key references workspaces (id),
  -- null is our own
  accent text check (accent ~ '^#[0-9a-f]{6}$'),
  -- the bytes stand in the storage under this id, which is their address, too
  logo_id uuid unique,
  logo_type text check (logo_type in ('image/png', 'image/jpeg', 'image/webp', 'image/gif')),
  logo_bytes integer check (logo_bytes between 1 and 1000000),
  welcome text check (length(welcome) between 1 and 500),
  invite_subject text check (length(invite_subject) between 1 and 200),
  invite_body text check (length(invite_body) between 1 and 4000),
  signature text check (length(signature) between 1 and 1000),
  -- whether our own name stands nowhere
  is_white_label boolean not null default false,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint brandings_logo check ((logo_id is null) = (logo_type is null) and (logo_id is null) = (logo_bytes is null))
);
alter table brandings enable row level security;
alter table brandings force row level security;
create policy tenant on brandings to ledgerline_app, ledgerline_engine
  using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());
-- clients see how it looks, and change nothing of it
create policy portal_adds on brandings as restrictive for insert to ledgerline_app with check (current_portal() is null);
create policy portal_changes on brandings as restrictive for update to ledgerline_app using (current_portal() is null);
grant select, insert, update on brandings to ledgerline_app, ledgerline_engine;
create policy auth on brandings for select to ledgerline_auth using (true);
grant select on brandings to ledgerline_auth;

-- A logo by its address, for mails and for whoever is not in yet.
create function auth.logo(logo_id uuid) returns table (workspace_id uuid, content_type text, bytes integer)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select b.workspace_id, b.logo_type, b.logo_bytes from brandings b where b.logo_id = logo.logo_id
  $$;

-- How the workspace of a link looks, for the mail that brings the link.
create function auth.branding_of_link(link_id uuid)
  returns table (accent text, logo_id uuid, invite_subject text, invite_body text, signature text, is_white_label boolean,
    tier text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select b.accent, b.logo_id, b.invite_subject, b.invite_body, b.signature, b.is_white_label, w.tier
      from portal_links l join brandings b on b.workspace_id = l.workspace_id join workspaces w on w.id = l.workspace_id
      where l.id = branding_of_link.link_id
  $$;

do $$
declare
  f regprocedure;
  g text;
begin
  execute 'grant create on schema auth to ledgerline_auth';
  for f, g in values
    ('auth.logo(uuid)'::regprocedure, 'ledgerline_app'),
    ('auth.branding_of_link(uuid)'::regprocedure, 'ledgerline_engine')
  loop
    execute format('alter function %s owner to ledgerline_auth', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to %s', f, g);
  end loop;
  execute 'revoke create on schema auth from ledgerline_auth';
end
$$;
