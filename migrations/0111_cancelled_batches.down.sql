drop index batches_cancelled;
