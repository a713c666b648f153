-- Who is merged into another takes along what else was suggested about them: those suggestions are about the one who was
-- kept from then on. `moved` lists them with the merge, which gives them back when it is undone. Of a suggestion that the
-- other one has already nothing moves: it waits with the archived client.
alter table merges add column moved uuid[] not null default '{}';
-- a person who suggests what an import suggests already makes it theirs
grant update (client_id, other_id, moved, created_by) on merges to ledgerline_app;
