drop policy portal_notes on events;
drop policy portal on events;
create policy portal on events as restrictive to ledgerline_app
  using (current_portal() is null or (project_id = current_portal_project() and audience = 'both'));
revoke update (state, version, updated_at) on proposals from ledgerline_engine;
drop trigger stays on proposal_versions;
drop trigger stays on proposal_instalments;
drop trigger stays on proposal_milestones;
drop trigger stays on proposal_phases;
drop function proposal_version_stays();
alter table proposal_versions drop column title;
