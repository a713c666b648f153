drop function auth.branding_of_link(uuid);
drop function auth.logo(uuid);
drop table brandings;
