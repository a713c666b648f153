alter table workspaces drop column tier;
drop table upload_pieces, uploads, file_downloads, file_versions, files;
