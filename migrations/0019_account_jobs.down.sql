drop policy account_asks on jobs;
