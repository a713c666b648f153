drop index clients_by_merged_into;
