drop function current_account();
drop function current_workspace();
drop function app_now();
drop table clock;
-- The group roles stay: other databases of the cluster use them.
