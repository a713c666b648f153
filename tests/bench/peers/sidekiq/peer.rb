# frozen_string_literal: true

# Sidekiq as a peer: ruby peer.rb JOBS PICKUPS, with REDIS_URL. Prints one line of JSON.
#
# As its documentation recommends: the real server in a process of its own with 10 threads (more only contend for
# Ruby's global lock), jobs pushed in bulk of 1000 (the largest it advises), production environment, the hiredis
# driver where it is installed. Beyond that it writes no line per job and runs under YJIT where Ruby has it.
require "json"
require "sidekiq"
require "sidekiq/api"
require_relative "redis"

BULK = 1000

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def push_all(jobs)
  (0...jobs).each_slice(BULK) do |slice|
    Sidekiq::Client.push_bulk("class" => "Noop", "args" => slice.map { [] })
  end
end

abort "the queue is not empty" unless Sidekiq::Queue.new.size.zero?
jobs, pickups = ARGV.map { |argument| Integer(argument) }

has_yjit = system(RbConfig.ruby, "--yjit", "-e", "", out: IO::NULL, err: IO::NULL)
yjit = has_yjit ? ["--yjit"] : []
reader, writer = IO.pipe
push_all(jobs)
server = spawn(
  { "BENCH_JOBS" => jobs.to_s },
  RbConfig.ruby, *yjit, "-S", "sidekiq", "-e", "production", "-c", "10", "-r", File.join(__dir__, "jobs.rb"),
  3 => writer, :out => :err
)
writer.close
hear = lambda do |word|
  line = reader.gets or abort "the Sidekiq server ended"
  heard, value = line.split
  heard == word ? Float(value) : abort("expected #{word}, heard #{line}")
end

begin
  started = hear.("started")
  drain = hear.("done") - started

  from = now
  push_all(jobs)
  end_to_end = hear.("done") - from

  latencies = Array.new(pickups) do
    # the server is idle again, and not in step with anything
    sleep(0.003 + rand * 0.007)
    Sidekiq::Client.push("class" => "Pickup", "args" => [now])
    hear.("pickup")
  end
ensure
  Process.kill("TERM", server)
  Process.wait(server)
end
puts JSON.generate(
  drain_jobs_per_s: jobs / drain,
  end_to_end_jobs_per_s: jobs / end_to_end,
  pickups_ms: latencies,
  setup: ["Sidekiq #{Sidekiq::VERSION}", "Ruby #{RUBY_VERSION}", *(yjit.empty? ? [] : ["YJIT"]), DRIVER].join(", ")
)
