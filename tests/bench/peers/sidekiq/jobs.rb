# frozen_string_literal: true

# What the Sidekiq server of the bench loads: the jobs, and a line to the bench when something is over.

require_relative "redis"

TELL = IO.for_fd(3)
TELL.sync = true
EXPECTED = Integer(ENV.fetch("BENCH_JOBS"))

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

# Counts what ran. Sidekiq has nothing to record at a job's end: taking it removed it.
class Done
  @lock = Mutex.new
  @count = 0

  def self.one
    full = @lock.synchronize { ((@count += 1) % EXPECTED).zero? }
    TELL.puts("done #{now}") if full
  end
end

class Noop
  include Sidekiq::Worker

  def perform
    Done.one
  end
end

class Pickup
  include Sidekiq::Worker

  def perform(at)
    TELL.puts("pickup #{(now - at) * 1000}")
  end
end

Sidekiq.configure_server do |config|
  # a line at each start and end of a job would be most of the work
  config.logger.level = Logger::WARN
  # the last thing before its threads start
  config.on(:startup) { TELL.puts("started #{now}") }
end
