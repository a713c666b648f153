revoke update (client_id, other_id, created_by) on merges from ledgerline_app;
alter table merges drop column moved;
