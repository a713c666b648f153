-- Mails about accounts are asked for outside of any workspace. Asking (an insert with ON CONFLICT) needs to see what
-- was asked for: a request sees the jobs without a workspace that it asked for itself, and no others.
create policy account_asks on jobs for select to ledgerline_app
  using (workspace_id is null and cause_request = nullif(current_setting('ledgerline.request', true), ''));
