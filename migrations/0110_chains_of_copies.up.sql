-- What a chain of copies did outside is shown with each of its jobs.
create index job_copies_root on job_copies (root, copy);

-- The effects of a copy stand under the name of the first job of its chain. A node of a release before that rule, which
-- runs on while this one is rolled out, would name them after the copy and do again what may have been done: its attempt
-- fails here before it acts, and a later one on a node of this release finds what was done.
create function effect_of_a_copy() returns trigger language plpgsql as $$
begin
  if exists (select from job_copies where copy = new.job_id) then
    raise exception 'the effects of a copy stand under the name of the first job of its chain'
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;
create trigger effect_of_a_copy before insert on effects for each row
  when (right(new.key, 36) = new.job_id::text) execute function effect_of_a_copy();
