alter table dead_jobs drop column fingerprint;
drop function error_fingerprint(text);
