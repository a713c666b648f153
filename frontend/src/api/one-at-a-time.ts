/** Runs one at a time: what is asked for meanwhile is done once more afterwards, however often it is asked for. */
export function oneAtATime(run: () => Promise<void>): () => Promise<void> {
	let running: Promise<void> | null = null;
	let again = false;
	const loop = async () => {
		try {
			do {
				again = false;
				await run();
			} while (again);
		} finally {
			running = null;
		}
	};
	return () => {
		if (running) again = true;
		else running = loop();
		return running;
	};
}
