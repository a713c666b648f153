-- No import gives a client an address that they did not have, nor does anything but merges and imports refer to a
-- client, so undoing one leaves nobody for these reasons.
alter table import_leftovers drop constraint import_leftovers_reason_check,
  add constraint import_leftovers_reason_check check (reason in ('edited', 'merged'));
