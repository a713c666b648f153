drop table asked_rates;
drop table queue_samples;
drop table job_rates;
