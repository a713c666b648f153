drop table import_rejects;
drop table import_chunks;
drop table imports;
