drop table comments, message_reads, message_attachments, messages;
alter table file_versions drop constraint file_versions_project_key;
