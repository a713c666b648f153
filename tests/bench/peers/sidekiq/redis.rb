# frozen_string_literal: true

# How both sides of the bench talk to Redis.

# Debian's redis-rb warns at every call of this Sidekiq, which would be half of the work
Redis.silence_deprecations = true

begin
  require "hiredis"
  DRIVER = "hiredis"
rescue LoadError
  DRIVER = "ruby"
end

redis = { url: ENV.fetch("REDIS_URL"), driver: DRIVER.to_sym }
Sidekiq.configure_server { |config| config.redis = redis }
Sidekiq.configure_client { |config| config.redis = redis }
