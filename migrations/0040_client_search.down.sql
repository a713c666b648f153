revoke select (id, workspace_id, name, sort_email, sort_company, created_at, facets, search_text) on clients
  from ledgerline_search;
drop policy search on clients;
drop index clients_search;
alter table clients
  drop column facets,
  drop column search_text,
  add column search_text text not null generated always as (
    lower(name || chr(10) || coalesce(email, '') || chr(10) || coalesce(company, '') || chr(10) || coalesce(phone, ''))
  ) stored;
drop schema search cascade;
revoke usage on schema public from ledgerline_search;
drop extension btree_gin;
drop extension pg_trgm;
-- The role stays: other databases of the cluster use it.
