drop index job_rates_not_folded;
