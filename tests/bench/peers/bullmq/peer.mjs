// BullMQ as a peer: node peer.mjs JOBS PICKUPS, with REDIS_URL. Prints one line of JSON.
//
// As its documentation recommends for throughput: jobs are added in bulk, finished ones are removed at once
// (auto-removal), one worker takes many jobs at a time (concurrency 100), and it runs in a process of its own, so that
// adding and working do not share an event loop. ioredis is the client BullMQ uses by default.
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { Queue, Worker } from "bullmq";

const CONCURRENCY = 100;
const BULK = 1000;
const QUEUE = "bench";
const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));
// the worker's connection blocks while it waits for jobs, which BullMQ asks to have no limit of retries for
const connect = () => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
// nanoseconds of the machine's monotonic clock: the same in every process
const now = () => process.hrtime.bigint();
const seconds = (from, to) => Number(BigInt(to) - BigInt(from)) / 1e9;

if (process.argv[2] === "worker") {
  await work();
} else {
  await measure(Number(process.argv[2]), Number(process.argv[3]));
}

async function work() {
  let done = 0;
  let expected = 0;
  const process_ = async (job) => {
    if (job.data.at !== undefined) process.send({ pickup: seconds(job.data.at, now()) * 1000 });
  };
  const worker = new Worker(QUEUE, process_, {
    connection: connect(),
    concurrency: CONCURRENCY,
    autorun: false,
    removeOnComplete: { count: 0 },
  });
  // told after the end is recorded in Redis
  worker.on("completed", () => {
    done += 1;
    if (done === expected) process.send({ done: String(now()) });
  });
  worker.on("failed", (job, error) => fail(error));
  worker.on("error", fail);
  process.on("message", async (message) => {
    if (message.stop) {
      await worker.close();
      process.exit(0);
    }
    done = 0;
    expected = message.expect;
    if (message.start) {
      process.send({ started: String(now()) });
      worker.run().catch(fail);
    } else {
      process.send({ ready: true });
    }
  });
  await worker.waitUntilReady();
  process.send({ booted: true });
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

async function measure(jobs, pickups) {
  const queue = new Queue(QUEUE, { connection: connect() });
  const child = fork(fileURLToPath(import.meta.url), ["worker"]);
  child.on("exit", (code) => code && process.exit(code));
  const heard = async () => (await once(child, "message"))[0];
  const addAll = async () => {
    for (let added = 0; added < jobs; added += BULK) {
      const size = Math.min(BULK, jobs - added);
      await queue.addBulk(Array.from({ length: size }, () => ({ name: "noop", data: {} })));
    }
  };
  await heard();

  await addAll();
  const drainDone = new Promise((resolve) =>
    child.on("message", function listen(message) {
      if (!message.done) return;
      child.off("message", listen);
      resolve(message.done);
    }),
  );
  child.send({ start: true, expect: jobs });
  const { started } = await heard();
  const drain = seconds(started, await drainDone);

  child.send({ expect: jobs });
  await heard();
  const from = now();
  const lastDone = heard();
  await addAll();
  const endToEnd = seconds(from, (await lastDone).done);

  child.send({ expect: 0 });
  await heard();
  const latencies = [];
  for (let number = 0; number < pickups; number += 1) {
    // the worker is idle again, and not in step with anything
    await new Promise((resolve) => setTimeout(resolve, 3 + Math.random() * 7));
    const picked = heard();
    await queue.add("noop", { at: String(now()) });
    latencies.push((await picked).pickup);
  }

  child.send({ stop: true });
  await once(child, "exit");
  await queue.close();
  console.log(
    JSON.stringify({
      drain_jobs_per_s: jobs / drain,
      end_to_end_jobs_per_s: jobs / endToEnd,
      pickups_ms: latencies,
      setup: `BullMQ ${dependencies.bullmq}, Node ${process.versions.node}, ioredis ${dependencies.ioredis}`,
    }),
  );
  process.exit(0);
}
