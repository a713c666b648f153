alter table events drop constraint events_project_fkey;
alter table companies drop constraint companies_workspace_id_primary_contact_id_fkey,
  drop constraint companies_workspace_id_contract_id_fkey;
do $$
declare
  t text;
begin
  foreach t in array array['clients', 'events', 'imports', 'import_chunks', 'import_rejects', 'merges', 'members',
    'invitations', 'audit_log'] loop
    execute format('drop policy portal on %I', t);
  end loop;
end
$$;
drop table progress_updates, contracts, payments, deliverables, milestones, submission_rounds, submissions, projects, proposal_instalments, proposal_milestones, proposal_phases, proposal_versions, proposals, contacts, companies;
drop function current_portal(), current_portal_project(), current_portal_client();
alter table events drop column project_id, drop column number, drop column audience, drop column actor_kind;
alter table audit_log drop constraint audit_log_actor_kind_check,
  add constraint audit_log_actor_kind_check check (actor_kind in ('user', 'job', 'operator', 'anonymous'));
