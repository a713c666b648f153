alter index clients_search reset (fastupdate, gin_pending_list_limit);
