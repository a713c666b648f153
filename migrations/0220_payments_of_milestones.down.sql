drop index payments_by_milestone;
