-- Few batches are cancelled; their page must not look through all that are done.
create index batches_cancelled on batches (created_at desc, id desc) where cancelled;
