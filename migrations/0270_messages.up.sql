-- What producer and client write to each other: messages of a project, and comments on what was uploaded for it.
--
-- Both sides see all of it. An id is made by whoever writes, so that a line that breaks after the request was heard doubles
-- nothing; it is known within its project only, or it would tell of ids elsewhere.

-- Messages of a project, numbered in the order of their commits without a hole. An answer names the message that it
-- answers; answers are not answered in turn.
create table messages (
  workspace_id uuid not null,
  project_id uuid not null,
  id uuid not null,
  number bigint not null check (number > 0),
  parent_id uuid,
  body text not null check (length(body) <= 10000),
  author_kind text not null check (author_kind in ('user', 'client')),
  author_id uuid not null,
  created_at timestamptz not null,
  primary key (workspace_id, project_id, id),
  unique (workspace_id, project_id, number),
  foreign key (workspace_id, project_id) references projects (workspace_id, id),
  foreign key (workspace_id, project_id, parent_id) references messages (workspace_id, project_id, id)
);
create index messages_of_thread on messages (workspace_id, project_id, parent_id, number) where parent_id is not null;

-- What was sent with a message. Both sides see a version from then on.
alter table file_versions add constraint file_versions_project_key unique (workspace_id, project_id, id);
create table message_attachments (
  workspace_id uuid not null,
  project_id uuid not null,
  message_id uuid not null,
  position integer not null check (position >= 0),
  version_id uuid not null,
  primary key (workspace_id, project_id, message_id, position),
  unique (workspace_id, project_id, message_id, version_id),
  foreign key (workspace_id, project_id, message_id) references messages (workspace_id, project_id, id),
  foreign key (workspace_id, project_id, version_id) references file_versions (workspace_id, project_id, id)
);
create index message_attachments_of_version on message_attachments (workspace_id, project_id, version_id);

-- Up to which message somebody has read, and when they came so far.
create table message_reads (
  workspace_id uuid not null,
  project_id uuid not null,
  reader_kind text not null check (reader_kind in ('user', 'client')),
  reader_id uuid not null,
  number bigint not null check (number > 0),
  read_at timestamptz not null,
  primary key (workspace_id, project_id, reader_kind, reader_id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id)
);

-- Comments on one version of a file, at a time of it when it is something to listen to or to watch, numbered in the order
-- of their commits. What is settled is resolved; answers are settled with what they answer.
create table comments (
  workspace_id uuid not null,
  project_id uuid not null,
  version_id uuid not null,
  id uuid not null,
  number bigint not null check (number > 0),
  parent_id uuid,
  body text not null check (length(body) between 1 and 4000),
  at_ms bigint check (at_ms >= 0),
  author_kind text not null check (author_kind in ('user', 'client')),
  author_id uuid not null,
  state text not null default 'open' check (state in ('open', 'resolved')),
  resolved_at timestamptz,
  resolved_kind text check (resolved_kind in ('user', 'client')),
  resolved_by uuid,
  created_at timestamptz not null,
  primary key (workspace_id, project_id, id),
  unique (workspace_id, version_id, number),
  unique (workspace_id, version_id, id),
  foreign key (workspace_id, project_id, version_id) references file_versions (workspace_id, project_id, id),
  foreign key (workspace_id, version_id, parent_id) references comments (workspace_id, version_id, id),
  constraint comments_answer check (parent_id is null or (at_ms is null and state = 'open')),
  constraint comments_resolved check ((state = 'resolved') = (resolved_at is not null)
    and (resolved_at is null) = (resolved_by is null) and (resolved_at is null) = (resolved_kind is null))
);

do $$
declare
  t text;
  own text;
  author text;
begin
  for t, own, author in values
    ('messages', 'true', 'author_kind = ''client'''),
    ('message_attachments', 'true', 'true'),
    ('message_reads', 'true', 'reader_kind = ''client'''),
    -- on what was shared
    ('comments', 'exists (select from file_versions v where v.workspace_id = comments.workspace_id
      and v.id = comments.version_id and v.shared_at is not null)', 'true')
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to ledgerline_app
      using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', t);
    -- Through the portal one sees what both sides wrote about one engagement, and writes as a client.
    execute format('create policy portal on %I as restrictive to ledgerline_app
      using (current_portal() is null or (project_id = current_portal_project() and %s))
      with check (current_portal() is null or (project_id = current_portal_project() and %s and %s))', t, own, own, author);
    execute format('grant select, insert on %I to ledgerline_app', t);
  end loop;
end
$$;
create policy portal_writes on comments as restrictive for insert to ledgerline_app
  with check (current_portal() is null or author_kind = 'client');
grant update (number, read_at) on message_reads to ledgerline_app;
grant update (state, resolved_at, resolved_kind, resolved_by) on comments to ledgerline_app;
