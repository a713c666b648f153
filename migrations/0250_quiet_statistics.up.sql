-- Of chunks that are imported at the same time one takes statistics; that the others skip it is nothing to be told.
alter function refresh_import_statistics() set client_min_messages = error;
