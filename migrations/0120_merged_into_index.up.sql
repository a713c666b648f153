-- Whoever deletes a client asks whether others were merged into it: without this index each of them is looked for among
-- all clients, and undoing a large import never ends.
create index clients_by_merged_into on clients (workspace_id, merged_into) where merged_into is not null;
