drop index bulk_items_job;
