-- Files of a project with all their versions, and the uploads that bring them.

create table files (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  project_id uuid not null,
  kind text not null check (kind in ('reference', 'work_in_progress', 'revision', 'final')),
  name text collate "und-x-icu" not null check (length(name) between 1 and 255),
  -- who brought it: their side alone adds versions and deletes it
  side text not null check (side in ('producer', 'client')),
  last_version integer not null default 0 check (last_version >= 0),
  -- how often the client may download each version
  download_limit integer check (download_limit between 1 and 1000000),
  -- what the client says of it, and of which version
  approval text check (approval in ('approved', 'changes_requested')),
  approval_version integer,
  approval_note text check (length(approval_note) <= 4000),
  approval_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (workspace_id, id),
  unique (workspace_id, project_id, id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id),
  constraint files_approval check ((approval is null) = (approval_at is null) and (approval is null) = (approval_version is null))
);
create index files_of_project on files (workspace_id, project_id, created_at, id);

-- A version is scanned before anybody gets it. Its bytes stand under `storage_path` from then on.
create table file_versions (
  id uuid primary key,
  workspace_id uuid not null,
  project_id uuid not null,
  file_id uuid not null,
  number integer not null check (number > 0),
  filename text not null check (length(filename) between 1 and 255),
  size_bytes bigint not null check (size_bytes >= 0),
  state text not null default 'scanning' check (state in ('scanning', 'available', 'quarantined')),
  -- what the scanner said, and of what is no clean file, why
  scan text check (scan in ('clean', 'infected', 'too_large', 'damaged')),
  scan_detail text check (length(scan_detail) <= 500),
  content_type text check (length(content_type) <= 100),
  sha256 bytea check (length(sha256) = 32),
  storage_path text,
  -- what a media job has found out
  media text check (media in ('audio', 'video', 'image')),
  media_state text check (media_state in ('waiting', 'ready', 'failed')),
  duration_ms bigint check (duration_ms >= 0),
  width integer check (width > 0),
  height integer check (height > 0),
  peaks bytea,
  thumbnail_path text,
  preview_path text,
  preview_type text,
  -- from when on the other side sees it, and in which round it was handed in
  shared_at timestamptz,
  round integer check (round > 0),
  uploaded_by uuid not null,
  uploader text not null check (uploader in ('user', 'client')),
  downloads integer not null default 0 check (downloads >= 0),
  bytes_deleted_at timestamptz,
  available_at timestamptz,
  created_at timestamptz not null,
  unique (workspace_id, id),
  unique (workspace_id, file_id, number),
  foreign key (workspace_id, project_id, file_id) references files (workspace_id, project_id, id),
  constraint file_versions_scanned check ((state = 'scanning') = (scan is null)),
  constraint file_versions_available check (state <> 'available' or (sha256 is not null and storage_path is not null))
);
create index file_versions_of_project on file_versions (workspace_id, project_id, file_id, number);

-- Who has downloaded what: for the client's limit, and for the question who has a file.
create table file_downloads (
  id uuid primary key,
  workspace_id uuid not null,
  project_id uuid not null,
  version_id uuid not null,
  by_id uuid not null,
  by_kind text not null check (by_kind in ('user', 'client')),
  at timestamptz not null,
  unique (workspace_id, id),
  foreign key (workspace_id, version_id) references file_versions (workspace_id, id)
);
create index file_downloads_of_version on file_downloads (workspace_id, version_id, at);

-- Uploads by tus 1.0. What has arrived stands in pieces until the file is whole; a job joins and scans them.
create table uploads (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  project_id uuid not null,
  side text not null check (side in ('producer', 'client')),
  uploaded_by uuid not null,
  uploader text not null check (uploader in ('user', 'client')),
  -- the file that it becomes a version of; a new one when null
  file_id uuid,
  kind text not null check (kind in ('reference', 'work_in_progress', 'revision', 'final')),
  filename text not null check (length(filename) between 1 and 255),
  -- as it was sent: a tus client asks for it again
  metadata text check (length(metadata) <= 4000),
  size_bytes bigint check (size_bytes >= 0),
  offset_bytes bigint not null default 0 check (offset_bytes >= 0 and offset_bytes <= size_bytes),
  concat text check (concat in ('partial', 'final')),
  -- the header of a final one
  concat_header text check (length(concat_header) <= 20000),
  version_id uuid,
  completed_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  unique (workspace_id, id),
  foreign key (workspace_id, project_id) references projects (workspace_id, id),
  foreign key (workspace_id, file_id) references files (workspace_id, id),
  foreign key (workspace_id, version_id) references file_versions (workspace_id, id)
);
create index uploads_of_project on uploads (workspace_id, project_id);
create index uploads_to_sweep on uploads (expires_at);

create table upload_pieces (
  workspace_id uuid not null,
  project_id uuid not null,
  upload_id uuid not null,
  position bigint not null check (position >= 0),
  size_bytes bigint not null check (size_bytes > 0),
  storage_path text not null,
  primary key (workspace_id, upload_id, position),
  foreign key (workspace_id, upload_id) references uploads (workspace_id, id) on delete cascade
);

do $$
declare
  t text;
begin
  foreach t in array array['files', 'file_versions', 'file_downloads', 'uploads', 'upload_pieces'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to ledgerline_app, ledgerline_engine
      using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', t);
    execute format('grant select, insert, update on %I to ledgerline_app, ledgerline_engine', t);
  end loop;
  grant delete on uploads, upload_pieces to ledgerline_app, ledgerline_engine;

  -- A client sees their own uploads and what was shared with them.
  create policy portal on files as restrictive to ledgerline_app using (current_portal() is null or (
    project_id = current_portal_project() and (side = 'client' or exists (select from file_versions v
      where v.workspace_id = files.workspace_id and v.file_id = files.id and v.shared_at is not null))));
  create policy portal on file_versions as restrictive to ledgerline_app using (current_portal() is null or (
    project_id = current_portal_project() and shared_at is not null));
  create policy portal on file_downloads as restrictive to ledgerline_app using (current_portal() is null or
    project_id = current_portal_project());
  create policy portal on uploads as restrictive to ledgerline_app using (current_portal() is null or (
    project_id = current_portal_project() and side = 'client'));
  create policy portal on upload_pieces as restrictive to ledgerline_app using (current_portal() is null or
    project_id = current_portal_project());
end
$$;

-- What a workspace's plan allows.
alter table workspaces add column tier text not null default 'free' check (tier in ('free', 'pro_artist', 'pro_engineer'));
