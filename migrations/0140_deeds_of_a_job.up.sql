-- A job's page says with which bulk actions operators acted on it.
create index bulk_items_job on bulk_items (job_id, acted_at desc) where result = 'done';
