drop trigger effect_of_a_copy on effects;
drop function effect_of_a_copy();
drop index job_copies_root;
