import { expect, it } from "vitest";
import { oneAtATime } from "./one-at-a-time";

it("runs one at a time, and once more for all who asked meanwhile", async () => {
	let runs = 0;
	let open = 0;
	let release: (() => void)[] = [];
	const run = oneAtATime(async () => {
		runs += 1;
		open += 1;
		expect(open).toBe(1);
		await new Promise<void>((resolve) => release.push(resolve));
		open -= 1;
	});
	const first = run();
	const meanwhile = [run(), run(), run()];
	expect(runs).toBe(1);
	release.shift()?.();
	await expect.poll(() => release.length).toBe(1);
	expect(runs).toBe(2);
	release.shift()?.();
	await Promise.all([first, ...meanwhile]);
	expect(runs).toBe(2);

	release = [];
	const later = run();
	expect(runs).toBe(3);
	release.shift()?.();
	await later;
});

it("can be asked again after a failure", async () => {
	let fails = true;
	const run = oneAtATime(async () => {
		if (fails) throw new Error("offline");
	});
	await expect(run()).rejects.toThrow("offline");
	fails = false;
	await run();
});
