-- Whoever undoes an import wants to know whether a person or a later import has changed a client since.
alter table import_leftovers drop constraint import_leftovers_reason_check,
  add constraint import_leftovers_reason_check check (reason in ('edited', 'imported', 'merged', 'matched'));
