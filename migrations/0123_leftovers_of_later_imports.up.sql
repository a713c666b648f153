-- A later import has passed over a row because its client was here: undoing the import that made the client would lose it.
alter table import_leftovers drop constraint import_leftovers_reason_check,
  add constraint import_leftovers_reason_check check (reason in ('edited', 'merged', 'matched'));
