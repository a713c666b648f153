-- The people and companies a workspace works for.
create table clients (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  -- sorted as people expect (accents, capitals), independent of the database's locale
  name text collate "und-x-icu" not null check (length(name) between 1 and 255),
  email text check (length(email) <= 254),
  company text check (length(company) <= 255),
  phone text check (length(phone) <= 40),
  timezone text check (length(timezone) <= 64),
  genres text[] not null default '{}' check (cardinality(genres) <= 20),
  budget_min_minor bigint check (budget_min_minor >= 0),
  budget_max_minor bigint check (budget_max_minor >= budget_min_minor),
  budget_currency text check (budget_currency ~ '^[A-Z]{3}$'),
  contact_by_email boolean not null default true,
  contact_by_sms boolean not null default false,
  contact_by_phone boolean not null default false,
  satisfaction smallint check (satisfaction between 1 and 5),
  referral_source text check (length(referral_source) <= 255),
  notes text check (length(notes) <= 10000),
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  -- Under row-level security only leakproof comparisons of plain columns may use an index: lower() and coalesce()
  -- in an ORDER BY or a keyset condition would not, so what is sorted by is stored.
  sort_email text collate "und-x-icu" not null generated always as (coalesce(email, '')) stored,
  sort_company text collate "und-x-icu" not null generated always as (coalesce(company, '')) stored,
  search_text text not null generated always as (
    lower(name || chr(10) || coalesce(email, '') || chr(10) || coalesce(company, '') || chr(10) || coalesce(phone, ''))
  ) stored,
  unique (workspace_id, id),
  constraint clients_budget_is_whole check (
    num_nulls(budget_min_minor, budget_max_minor, budget_currency) in (0, 3)
  )
);
create unique index clients_email_key on clients (workspace_id, lower(email)) where archived_at is null;
create index clients_by_name on clients (workspace_id, name, id);
create index clients_by_email on clients (workspace_id, sort_email, id);
create index clients_by_company on clients (workspace_id, sort_company, id);
create index clients_by_created_at on clients (workspace_id, created_at, id);

alter table clients enable row level security;
alter table clients force row level security;
create policy tenant on clients to ledgerline_app, ledgerline_engine
  using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());
grant select, insert, update on clients to ledgerline_app, ledgerline_engine;
