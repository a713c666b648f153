-- What proposals need beyond their tables.

-- A title is a part of what is proposed: the client keeps seeing the one that was sent.
alter table proposal_versions add column title text check (length(title) between 1 and 255);

-- What was sent stays as it was sent.
create function proposal_version_stays() returns trigger
  language plpgsql
  as $$
declare
  part record := coalesce(new, old);
begin
  if exists (select from proposal_versions v where v.workspace_id = part.workspace_id
      and v.proposal_id = part.proposal_id and v.version = part.version and v.sent_at is not null) then
    raise exception 'version % of proposal % was sent and stays as it is', part.version, part.proposal_id
      using errcode = 'check_violation', constraint = 'proposal_versions_sent_stay';
  end if;
  return part;
end
$$;
create trigger stays before insert or update or delete on proposal_phases
  for each row execute function proposal_version_stays();
create trigger stays before insert or update or delete on proposal_milestones
  for each row execute function proposal_version_stays();
create trigger stays before insert or update or delete on proposal_instalments
  for each row execute function proposal_version_stays();
create trigger stays before update on proposal_versions
  for each row when (old.sent_at is not null) execute function proposal_version_stays();

-- A job ends what was not decided in time.
grant update (state, version, updated_at) on proposals to ledgerline_engine;

-- What a client does with a proposal is written down before there is a project.
drop policy portal on events;
create policy portal on events as restrictive for select to ledgerline_app
  using (current_portal() is null or (project_id = current_portal_project() and audience = 'both'));
create policy portal_notes on events as restrictive for insert to ledgerline_app
  with check (current_portal() is null or (project_id = current_portal_project() and audience = 'both')
    or (project_id is null and subject_kind = 'proposal' and subject_id = current_portal()));
