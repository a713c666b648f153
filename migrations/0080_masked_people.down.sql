drop function audit.masked_person(uuid);
