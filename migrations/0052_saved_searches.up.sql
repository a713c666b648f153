-- Searches that an operator keeps under a name; nobody else sees them.
create table saved_searches (
  id uuid primary key,
  user_id uuid not null references users (id),
  name text not null check (length(name) between 1 and 60),
  search text not null check (length(search) <= 1000),
  created_at timestamptz not null,
  constraint saved_searches_name_key unique (user_id, name)
);
grant select, insert, delete on saved_searches to ledgerline_platform;
