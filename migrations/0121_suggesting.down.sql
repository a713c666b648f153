alter table imports drop column suggesting_since;
drop function auth.clients_sharing(uuid[], integer);
revoke select (created_at) on clients from ledgerline_auth;
