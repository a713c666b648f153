drop table console_activity;
drop table console_stream;
