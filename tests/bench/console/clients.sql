-- The clients of the workspace in the setting bench.workspace, as many as bench.clients says, and a tenth as many with
-- the same names in other workspaces. Names, addresses, companies, numbers, ratings and times have nothing to do with
-- each other. What is used here of pg_temp stands in fill.sql.
call pg_temp.drop_indexes('clients');
with words as (
  select
    array['Ada', 'Bo', 'Cleo', 'Dmitri', 'Émile', 'Fatima', 'Greta', 'Hiro', 'Ines', 'Jonas', 'Käthe', 'Lars', 'Mia',
      'Nadia', 'Otto', 'Pia', 'Quentin', 'Rosa', 'Sven', 'Tariq', 'Uma', 'Viktor', 'Wanda', 'Xenia', 'Yusuf', 'Zoë',
      'Anna', 'Ben', 'Carla', 'David', 'Elena', 'Felix', 'Gina', 'Henrik', 'Ida', 'Jan', 'Karin', 'Leo', 'Marta',
      'Nils', 'Olga', 'Paul', 'Rita', 'Simon', 'Tina', 'Ulf', 'Vera', 'Willem', 'Yara', 'Zeno'] as first,
    array['Okafor', 'Marsh', 'Iyer', 'Lindqvist', 'Schneider', 'Müller', 'Novak', 'Petrov', 'García', 'Dubois',
      'Rossi', 'Kowalski', 'Nguyen', 'Tanaka', 'Silva', 'Larsen', 'Hansen', 'Johansson', 'Andersson', 'Öberg', 'Smith',
      'Jones', 'Brown', 'Taylor', 'Wilson', 'Evans', 'Thomas', 'Roberts', 'Walker', 'Wright', 'Kim', 'Lee', 'Park',
      'Choi', 'Chen', 'Wang', 'Li', 'Zhang', 'Singh', 'Kumar', 'Patel', 'Khan', 'Ali', 'Hassan', 'Cohen', 'Levi',
      'Fischer', 'Weber', 'Becker', 'Hoffmann'] as last,
    array['Kite', 'Harbor', 'Acme', 'Nordlicht', 'Blue', 'Silent', 'Golden', 'Echo', 'Velvet', 'Paper', 'Iron',
      'Lunar', 'Solar', 'Wild', 'Rapid', 'Deep', 'High', 'Low', 'Red', 'Green'] as what,
    array['Sound', 'Records', 'Studio', 'Music', 'Films', 'Media', 'Audio', 'Radio', 'Group', 'Works'] as kind,
    array['gmail.com', 'example.com', 'outlook.com', 'kite.example', 'mail.example'] as domain,
    array['Jazz', 'Folk', 'Techno', 'Ambient', 'Film score', 'Hip-Hop'] as genre
), counts as (
  select current_setting('bench.clients')::bigint as ours, current_setting('bench.workspace')::uuid as workspace_id
), rows as (
  -- a number of its own for each property, so that none tells another
  select n, hashint8(n)::bigint & 1048575 as a, hashint8(n * 31 + 7)::bigint & 1048575 as b,
    hashint8(n * 131 + 3)::bigint & 1048575 as c, hashint8(n * 17 + 11)::bigint & 1048575 as d
  from counts, generate_series(1, ours + ours / 10) n
)
insert into clients (id, workspace_id, name, email, company, phone, phone_e164, genres, satisfaction, archived_at,
  created_at, updated_at)
select pg_temp.id_at(timestamptz '2025-01-01' + d * interval '55 seconds', n + 4000000000),
  case when n <= ours then counts.workspace_id else studios.id end, first[1 + a % 50] || ' ' || last[1 + b % 50],
  case when c % 10 > 0 then 'c' || n || 'x.' || lower(last[1 + b % 50]) || '@' || domain[1 + d % 5] end,
  case when d % 3 > 0 then what[1 + c % 20] || ' ' || kind[1 + a % 10] || ' ' || c % 997 end,
  case when a % 2 = 0 then '+49 (151) ' || lpad((n % 10000000)::text, 7, '0') end,
  case when a % 2 = 0 then '+49151' || lpad((n % 10000000)::text, 7, '0') end,
  case when n % 100000 = 77 then array['Polka'] when b % 2 = 0 then array[genre[1 + c % 6]] else '{}' end,
  case when c % 4 = 0 then 1 + d % 5 end, case when b % 500 = 0 then now() end,
  timestamptz '2025-01-01' + d * interval '55 seconds', now()
from rows cross join words cross join counts join studios on studios.number = rows.n % 10;
call pg_temp.make_indexes();
-- as autovacuum leaves it
vacuum analyze clients;
