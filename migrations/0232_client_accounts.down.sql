drop function auth.client_dashboard(uuid), auth.client_engagements(uuid, uuid),
  auth.open_client_account(uuid, bytea, uuid), auth.account_code(uuid, bytea), auth.mint_account_code(uuid, bytea);
revoke select (sent_at) on proposals from ledgerline_auth;
revoke select (state, title, created_at) on projects from ledgerline_auth;
revoke select (workspace_id, proposal_id, state, amount_minor, currency) on payments from ledgerline_auth;
drop policy auth on payments;
drop table portal_account_codes, client_accounts;
