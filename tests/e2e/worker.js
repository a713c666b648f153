// The worker of the product under test, for tests that kill it. Whoever started the product starts it again.

import { readFile } from "node:fs/promises";

/** Ends the worker at once, as a crash does. */
export async function killWorker() {
	const path = process.env.WORKER_PID_FILE;
	if (!path) throw new Error("WORKER_PID_FILE is not set: the file that holds the process id of the worker.");
	process.kill(Number(await readFile(path, "utf8")), "SIGKILL");
}
