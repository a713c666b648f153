-- What a media job has made of sound and pictures. Where it stands follows from where the bytes stand, so only sizes are
-- kept; without a size there is none.
alter table file_versions
  drop column thumbnail_path,
  drop column preview_path,
  add column media_detail text check (length(media_detail) <= 500),
  add column thumbnail_bytes bigint check (thumbnail_bytes > 0),
  add column preview_bytes bigint check (preview_bytes > 0),
  add constraint file_versions_peaks check (length(peaks) <= 1000),
  add constraint file_versions_preview check ((preview_bytes is null) = (preview_type is null));
