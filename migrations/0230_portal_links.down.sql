drop function auth.sweep_portal(), auth.portal_links_of(uuid, text), auth.mint_portal_token(uuid, bytea),
  auth.set_portal_code(uuid, text), auth.end_portal_access(uuid), auth.admit_to_portal(bytea, text),
  auth.portal_code(bytea), auth.end_portal_session(bytea), auth.portal_token(bytea, uuid),
  auth.portal_session(bytea, uuid), auth.open_portal(bytea, bytea), auth.portal_visit(uuid, uuid);
drop index contacts_email_of_all;
revoke select (id, workspace_id, state, title, sent_version) on proposals from ledgerline_auth;
revoke select (id, workspace_id, proposal_id) on projects from ledgerline_auth;
revoke select (id, workspace_id, client_id, name, email, access, archived_at) on contacts from ledgerline_auth;
drop policy auth on proposals;
drop policy auth on projects;
drop policy auth on contacts;
drop table portal_sessions, portal_tokens, portal_codes, portal_links;
