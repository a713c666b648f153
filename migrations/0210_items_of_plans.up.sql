-- Rewriting a plan deletes its items: what refers to them is found by an index.
create index proposal_milestones_of_phase on proposal_milestones (workspace_id, proposal_id, version, phase_id);
create index proposal_instalments_of_milestone
  on proposal_instalments (workspace_id, proposal_id, version, milestone_id);
