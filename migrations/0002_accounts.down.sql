drop schema auth cascade;
drop table events, audit_log, attempts, invitation_tokens, invitations, password_resets, sessions, operators,
  members, workspaces, users;
revoke all on clock from ledgerline_auth;
revoke usage on schema public from ledgerline_auth;
-- The role stays: other databases of the cluster use it.
