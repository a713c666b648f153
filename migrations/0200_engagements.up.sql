-- What a workspace does for a client, from the first proposal to the last deliverable.
--
-- A proposal stands at the beginning of every engagement, if only an implicit one. A portal link, and all that a client
-- sees through it, therefore belongs to a proposal; a project has exactly one.

-- Companies that clients belong to, and their people.
create table companies (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  name text collate "und-x-icu" not null check (length(name) between 1 and 255),
  website text check (length(website) <= 255),
  phone text check (length(phone) <= 40),
  notes text check (length(notes) <= 10000),
  primary_contact_id uuid,
  contract_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id)
);
create unique index companies_name_key on companies (workspace_id, lower(name)) where archived_at is null;
create index companies_by_name on companies (workspace_id, name, id);

-- A person to talk to. Every chain begins with one: who is written to, who is asked, who decides.
create table contacts (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  client_id uuid not null,
  company_id uuid,
  name text collate "und-x-icu" not null check (length(name) between 1 and 255),
  email text check (length(email) <= 254),
  phone text check (length(phone) <= 40),
  title text check (length(title) <= 255),
  -- what they may do in the portal: all of it, approve work, pay, or look
  access text not null default 'full' check (access in ('full', 'review', 'billing', 'view')),
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references clients (workspace_id, id),
  foreign key (workspace_id, company_id) references companies (workspace_id, id)
);
create unique index contacts_email_key on contacts (workspace_id, lower(email)) where archived_at is null;
create index contacts_by_name on contacts (workspace_id, name, id);
create index contacts_by_client on contacts (workspace_id, client_id, created_at, id);
create index contacts_by_company on contacts (workspace_id, company_id, created_at, id) where company_id is not null;
alter table companies add foreign key (workspace_id, primary_contact_id) references contacts (workspace_id, id);

create table proposals (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  client_id uuid not null,
  contact_id uuid not null,
  title text collate "und-x-icu" not null check (length(title) between 1 and 255),
  state text not null default 'draft' check (state in
    ('draft', 'sent', 'viewed', 'approved', 'active', 'completed', 'declined', 'expired', 'withdrawn')),
  -- the one that stands for a project that was made without
  is_implicit boolean not null default false,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- the version that is being written, and the one that the client has been sent
  current_version integer not null default 1 check (current_version > 0),
  sent_version integer check (sent_version <= current_version),
  valid_until timestamptz,
  sent_at timestamptz,
  viewed_at timestamptz,
  decided_at timestamptz,
  decision_note text check (length(decision_note) <= 4000),
  created_by uuid not null references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references clients (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  constraint proposals_sent check (sent_version is not null or state in ('draft', 'withdrawn', 'active', 'completed'))
);
create index proposals_page on proposals (workspace_id, created_at, id);
create index proposals_by_client on proposals (workspace_id, client_id, created_at, id);
create index proposals_by_contact on proposals (workspace_id, contact_id);
create index proposals_to_expire on proposals (valid_until) where state in ('sent', 'viewed');

-- What was proposed, and what was proposed before. Ids of phases and milestones stay from one version to the next.
create table proposal_versions (
  workspace_id uuid not null,
  proposal_id uuid not null,
  version integer not null check (version > 0),
  purpose text not null default '' check (length(purpose) <= 20000),
  total_minor bigint not null default 0 check (total_minor between 0 and 100000000000000),
  sent_at timestamptz,
  created_at timestamptz not null,
  primary key (workspace_id, proposal_id, version),
  foreign key (workspace_id, proposal_id) references proposals (workspace_id, id) on delete cascade
);

create table proposal_phases (
  workspace_id uuid not null,
  proposal_id uuid not null,
  version integer not null,
  id uuid not null,
  position integer not null check (position >= 0),
  title text not null check (length(title) between 1 and 255),
  description text not null default '' check (length(description) <= 4000),
  starts_on date,
  ends_on date check (ends_on >= starts_on),
  primary key (workspace_id, proposal_id, version, id),
  foreign key (workspace_id, proposal_id, version) references proposal_versions (workspace_id, proposal_id, version)
    on delete cascade
);

create table proposal_milestones (
  workspace_id uuid not null,
  proposal_id uuid not null,
  version integer not null,
  id uuid not null,
  phase_id uuid,
  position integer not null check (position >= 0),
  title text not null check (length(title) between 1 and 255),
  description text not null default '' check (length(description) <= 4000),
  category text check (length(category) <= 100),
  amount_minor bigint not null default 0 check (amount_minor between 0 and 100000000000000),
  due_on date,
  primary key (workspace_id, proposal_id, version, id),
  foreign key (workspace_id, proposal_id, version) references proposal_versions (workspace_id, proposal_id, version)
    on delete cascade,
  foreign key (workspace_id, proposal_id, version, phase_id)
    references proposal_phases (workspace_id, proposal_id, version, id) on delete cascade
);

-- The payment schedule: each part is due on a day, on approval, with a milestone, or at the end.
create table proposal_instalments (
  workspace_id uuid not null,
  proposal_id uuid not null,
  version integer not null,
  id uuid not null,
  position integer not null check (position >= 0),
  description text not null check (length(description) between 1 and 255),
  amount_minor bigint not null check (amount_minor between 1 and 100000000000000),
  due text not null check (due in ('date', 'approval', 'milestone', 'completion')),
  due_on date,
  milestone_id uuid,
  primary key (workspace_id, proposal_id, version, id),
  foreign key (workspace_id, proposal_id, version) references proposal_versions (workspace_id, proposal_id, version)
    on delete cascade,
  foreign key (workspace_id, proposal_id, version, milestone_id)
    references proposal_milestones (workspace_id, proposal_id, version, id),
  constraint proposal_instalments_due check (
    (due = 'date') = (due_on is not null) and (due = 'milestone') = (milestone_id is not null))
);

create table projects (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  client_id uuid not null,
  contact_id uuid not null,
  proposal_id uuid not null,
  title text collate "und-x-icu" not null check (length(title) between 1 and 255),
  description text not null default '' check (length(description) <= 20000),
  project_type text check (length(project_type) <= 100),
  state text not null default 'draft' check (state in
    ('draft', 'open', 'in_progress', 'completed', 'archived', 'cancelled')),
  amount_minor bigint not null check (amount_minor between 0 and 100000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  deadline timestamptz,
  estimated_days integer check (estimated_days between 1 and 3650),
  licence_required boolean not null default false,
  -- when the originals may be downloaded: once all is paid, once its milestones are, or at once
  originals_open text not null default 'full_payment' check (originals_open in ('full_payment', 'milestones', 'at_once')),
  pays_milestones_in_order boolean not null default false,
  -- numbers of the project's events follow the order of their commits, without a hole
  last_event bigint not null default 0,
  stage_since timestamptz not null,
  completed_at timestamptz,
  archived_at timestamptz,
  cancelled_at timestamptz,
  created_by uuid not null references users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  unique (workspace_id, proposal_id),
  foreign key (workspace_id, client_id) references clients (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, proposal_id) references proposals (workspace_id, id)
);
create index projects_page on projects (workspace_id, created_at, id);
create index projects_by_client on projects (workspace_id, client_id, created_at, id);
create index projects_by_contact on projects (workspace_id, contact_id);
-- a tier allows so many
create index projects_active on projects (workspace_id) where state in ('draft', 'open', 'in_progress');

-- The work handed in for review; what was handed in each time stands in its rounds.
create table submissions (
  id uuid primary key,
  workspace_id uuid not null,
  project_id uuid not null,
  number integer not null check (number > 0),
  state text not null default 'in_progress' check (state in
    ('in_progress', 'ready_for_review', 'client_revisions_requested', 'approved', 'completed')),
  round integer not null default 0 check (round >= 0),
  submitted_at timestamptz,
  approved_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (workspace_id, id),
  unique (workspace_id, project_id, number),
  foreign key (workspace_id, project_id) references projects (workspace_id, id)
);
create unique index submissions_open_key on submissions (workspace_id, project_id) where state <> 'completed';

create table submission_rounds (
  workspace_id uuid not null,
  submission_id uuid not null,
  project_id uuid not null,
  round integer not null check (round > 0),
  -- what has changed, in the producer's words
  summary text not null default '' check (length(summary) <= 4000),
  submitted_by uuid not null references users (id),
  submitted_at timestamptz not null,
  outcome text check (outcome in ('approved', 'revisions_requested', 'recalled')),
  note text check (length(note) <= 4000),
  decided_at timestamptz,
  primary key (workspace_id, submission_id, round),
  foreign key (workspace_id, submission_id) references submissions (workspace_id, id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id)
);
create index submission_rounds_by_project on submission_rounds (workspace_id, project_id);

create table milestones (
  id uuid primary key,
  workspace_id uuid not null,
  project_id uuid not null,
  -- the item of the plan that it was made of
  plan_milestone_id uuid,
  name text not null check (length(name) between 1 and 255),
  description text not null default '' check (length(description) <= 4000),
  amount_minor bigint not null check (amount_minor between 0 and 100000000000000),
  sort_order integer not null,
  state text not null default 'pending' check (state in ('pending', 'submitted', 'revision', 'approved', 'cancelled')),
  payment_status text not null default 'pending' check (payment_status in
    ('pending', 'processing', 'paid', 'failed', 'expired', 'not_required', 'manual')),
  due_on date,
  note text check (length(note) <= 4000),
  approved_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  unique (workspace_id, project_id, plan_milestone_id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id)
);
create index milestones_in_order on milestones (workspace_id, project_id, sort_order, id);

-- What the client gets. It belongs to a contact; those of a project came from its plan or were added by hand.
create table deliverables (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  contact_id uuid not null,
  proposal_id uuid,
  project_id uuid,
  -- the items of the plan
  milestone_id uuid,
  phase_id uuid,
  title text not null check (length(title) between 1 and 255),
  description text not null default '' check (length(description) <= 4000),
  category text check (length(category) <= 100),
  state text not null default 'pending' check (state in ('pending', 'in-progress', 'completed', 'blocked')),
  due_on date,
  notes text check (length(notes) <= 10000),
  sort_order integer not null default 0,
  completed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  constraint deliverables_completed check ((state = 'completed') = (completed_at is not null)),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, proposal_id) references proposals (workspace_id, id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id)
);
create index deliverables_by_contact on deliverables (workspace_id, contact_id, created_at, id);
create index deliverables_by_project on deliverables (workspace_id, project_id, sort_order, id) where project_id is not null;
create index deliverables_by_proposal on deliverables (workspace_id, proposal_id) where proposal_id is not null;

-- The payment schedule of a project, as it was approved.
create table payments (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  proposal_id uuid not null,
  project_id uuid not null,
  milestone_id uuid,
  instalment_id uuid,
  position integer not null check (position >= 0),
  description text not null check (length(description) between 1 and 255),
  amount_minor bigint not null check (amount_minor between 0 and 100000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  due text not null check (due in ('date', 'approval', 'milestone', 'completion')),
  due_on date,
  state text not null default 'pending' check (state in
    ('pending', 'processing', 'paid', 'failed', 'expired', 'not_required', 'manual')),
  paid_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (workspace_id, id),
  unique (workspace_id, project_id, instalment_id),
  foreign key (workspace_id, proposal_id) references proposals (workspace_id, id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id),
  foreign key (workspace_id, milestone_id) references milestones (workspace_id, id)
);
create index payments_of_project on payments (workspace_id, project_id, position, id);
create index payments_by_proposal on payments (workspace_id, proposal_id);

-- What both sides have agreed on. Signing it in the portal comes with the documents.
create table contracts (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  client_id uuid not null,
  proposal_id uuid,
  title text not null check (length(title) between 1 and 255),
  state text not null default 'draft' check (state in ('draft', 'sent', 'partially_signed', 'active', 'completed',
    'declined', 'expired', 'voided', 'terminated')),
  signed_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references clients (workspace_id, id),
  foreign key (workspace_id, proposal_id) references proposals (workspace_id, id)
);
create index contracts_by_client on contracts (workspace_id, client_id, created_at, id);
create unique index contracts_proposal_key on contracts (workspace_id, proposal_id) where proposal_id is not null;
alter table companies add foreign key (workspace_id, contract_id) references contracts (workspace_id, id);

-- How the work goes, told by the producer.
create table progress_updates (
  id uuid primary key,
  workspace_id uuid not null,
  project_id uuid not null,
  title text not null check (length(title) between 1 and 255),
  body text not null default '' check (length(body) <= 10000),
  percent smallint check (percent between 0 and 100),
  created_by uuid not null references users (id),
  created_at timestamptz not null,
  unique (workspace_id, id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id)
);
create index progress_updates_of_project on progress_updates (workspace_id, project_id, created_at desc, id desc);

-- Timelines and live pages read the events of a project in the order of their numbers. `audience` says who sees one.
alter table events add column project_id uuid, add column number bigint check (number > 0),
  add column audience text not null default 'producer' check (audience in ('producer', 'both')),
  add column actor_kind text check (actor_kind in ('user', 'job', 'client')),
  add constraint events_numbered check ((project_id is null) = (number is null)),
  add constraint events_project_fkey foreign key (workspace_id, project_id) references projects (workspace_id, id);
create unique index events_of_project on events (workspace_id, project_id, number) where project_id is not null;

alter table audit_log drop constraint audit_log_actor_kind_check,
  add constraint audit_log_actor_kind_check check (actor_kind in ('user', 'job', 'operator', 'anonymous', 'client'));

-- Row-level security -------------------------------------------------------------------------------------------------

-- The engagement that a client looks at through the portal; null for members and jobs.
create function current_portal() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('ledgerline.portal', true), '')::uuid $$;
-- Its project; null as long as the proposal has not been approved.
create function current_portal_project() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('ledgerline.portal_project', true), '')::uuid $$;
-- Its client.
create function current_portal_client() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('ledgerline.portal_client', true), '')::uuid $$;

do $$
declare
  t text;
  own text;
begin
  foreach t in array array['companies', 'contacts', 'proposals', 'proposal_versions', 'proposal_phases',
    'proposal_milestones', 'proposal_instalments', 'projects', 'submissions', 'submission_rounds', 'milestones',
    'deliverables', 'payments', 'contracts', 'progress_updates'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to ledgerline_app, ledgerline_engine
      using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', t);
    execute format('grant select, insert, update on %I to ledgerline_app', t);
    execute format('grant select on %I to ledgerline_engine', t);
  end loop;

  -- Whoever comes through the portal sees one engagement and its client, and of all other tables nothing.
  for t, own in values
    ('proposals', 'id = current_portal()'),
    ('proposal_versions', 'proposal_id = current_portal()'),
    ('proposal_phases', 'proposal_id = current_portal()'),
    ('proposal_milestones', 'proposal_id = current_portal()'),
    ('proposal_instalments', 'proposal_id = current_portal()'),
    ('contracts', 'proposal_id = current_portal()'),
    ('payments', 'proposal_id = current_portal()'),
    ('deliverables', 'proposal_id = current_portal()'),
    ('projects', 'proposal_id = current_portal()'),
    ('submissions', 'project_id = current_portal_project()'),
    ('submission_rounds', 'project_id = current_portal_project()'),
    ('milestones', 'project_id = current_portal_project()'),
    ('progress_updates', 'project_id = current_portal_project()'),
    ('contacts', 'client_id = current_portal_client()'),
    ('clients', 'id = current_portal_client()'),
    ('companies', 'exists (select from contacts c where c.workspace_id = companies.workspace_id and c.company_id = companies.id
        and c.client_id = current_portal_client())'),
    ('events', 'project_id = current_portal_project() and audience = ''both'''),
    ('imports', 'false'), ('import_chunks', 'false'), ('import_rejects', 'false'), ('merges', 'false'),
    ('members', 'false'), ('invitations', 'false')
  loop
    execute format('create policy portal on %I as restrictive to ledgerline_app
      using (current_portal() is null or (%s))', t, own);
  end loop;
end
$$;
create policy portal on audit_log as restrictive for select to ledgerline_app using (current_portal() is null);

-- what is written anew while a proposal or a project is planned
grant delete on proposal_phases, proposal_milestones, proposal_instalments, milestones to ledgerline_app;
