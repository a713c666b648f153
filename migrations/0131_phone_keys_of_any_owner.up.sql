-- 0035 gave clients the key of their phone number. Row-level security is forced, so an owner whom it binds saw no client
-- and changed none; a superuser has nothing to do here, and takes no lock. Only who was here before 0035 is meant: since
-- then whoever writes `phone` writes its key.
do $$
begin
  if (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) then
    return;
  end if;
  alter table clients no force row level security;
  update clients set phone_e164 = '+' || regexp_replace(phone, '[^0-9]', '', 'g')
    where phone_e164 is null and phone ~ '^\+[0-9 ./-]+$'
      and length(regexp_replace(phone, '[^0-9]', '', 'g')) between 7 and 15
      and created_at < (select installed_on from _sqlx_migrations where version = 35);
  alter table clients force row level security;
end
$$;
