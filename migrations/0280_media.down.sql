alter table file_versions
  drop constraint file_versions_preview,
  drop constraint file_versions_peaks,
  drop column preview_bytes,
  drop column thumbnail_bytes,
  drop column media_detail,
  add column preview_path text,
  add column thumbnail_path text;
