-- A milestone that is removed is looked for among payments: by an index, not by reading them all.
create index payments_by_milestone on payments (workspace_id, milestone_id) where milestone_id is not null;
