-- Failures that are alike have one fingerprint, so that an operator sees three causes and not three thousand rows. What
-- differs between two occurrences of one cause is taken out: what stands in quotes, addresses, and every word with a
-- digit in it (numbers, ids, times).
create function error_fingerprint(error text) returns text
  language sql immutable strict parallel safe
  as $$
    select left(md5(regexp_replace(regexp_replace(regexp_replace(left(error, 1000),
      '"[^"]*"|“[^”]*”|`[^`]*`|(?<!\w)''[^'']*''(?!\w)', '?', 'g'),
      '\S+@\S+', '?', 'g'),
      '[\w-]*\d[\w-]*', '?', 'g')), 12)
  $$;

-- Dead jobs stay until somebody decides, so the column is kept there. Of others it is computed for the few that are
-- looked at.
alter table dead_jobs add column fingerprint text generated always as (error_fingerprint(last_error)) stored;
create index dead_jobs_fingerprint on dead_jobs (fingerprint, finished_at desc, id desc);
