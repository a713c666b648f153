delete from import_leftovers where reason = 'matched';
alter table import_leftovers drop constraint import_leftovers_reason_check,
  add constraint import_leftovers_reason_check check (reason in ('edited', 'merged'));
