alter function refresh_import_statistics() reset client_min_messages;
