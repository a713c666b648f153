import { describe, expect, it } from "vitest";
import { countWords, mayCancel, mayEdit, mayRetry, nodeWords, scheduleInWords, whenInWords } from "./words";

describe("schedules in words", () => {
	it.each([
		["* * * * * *", "Every second"],
		["*/30 * * * * *", "Every 30 seconds"],
		["* * * * *", "Every minute"],
		["0 */10 * * * *", "Every 10 minutes"],
		["0 * * * *", "Every hour"],
		["15 * * * *", "Every hour at 15 past"],
		["0 0 */6 * * *", "Every 6 hours"],
		["0 15 3 * * *", "Every day at 03:15"],
		["30 8 * * MON-FRI", "Monday to Friday at 08:30"],
		["0 9 * * tue", "Every Tuesday at 09:00"],
		["0 0 1 * *", "On day 1 of every month at 00:00"],
	])("%s", (cron, said) => expect(scheduleInWords(cron)).toBe(said));

	it.each(["0 9 * * 1", "5,35 * * * *", "0 0 29 2 *", "@daily", "30 0 9 * * *"])("leaves %s as it is", (cron) =>
		expect(scheduleInWords(cron)).toBe(cron),
	);
});

describe("counts in words", () => {
	it("says how many, that there are more, or that nobody knows", () => {
		expect(countWords({ count: 1, capped: false })).toBe("1 job fits.");
		expect(countWords({ count: 0, capped: false })).toBe("0 jobs fit.");
		expect(countWords({ count: 300, capped: true })).toBe("More than 300 jobs fit.");
		expect(countWords(null)).toBe("Not counted: that would take too long.");
	});
});

describe("states in words", () => {
	it("tells a node that died from one that stopped, and a wish from its fulfilment", () => {
		const node = { state: "alive" as const, left: false, asked: null };
		expect(nodeWords(node).label).toBe("Alive");
		expect(nodeWords({ ...node, asked: "quiet" }).label).toBe("Told to be quiet");
		expect(nodeWords({ ...node, state: "quiet", asked: "quiet" }).label).toBe("Quiet");
		expect(nodeWords({ ...node, state: "quiet", asked: "stop" }).label).toBe("Told to stop");
		expect(nodeWords({ ...node, state: "gone" }).tone).toBe("bad");
		expect(nodeWords({ ...node, state: "gone", left: true }).label).toBe("Stopped");
	});

	it("says when a schedule is due, and in which time zone", () => {
		expect(whenInWords({ cron: "15 3 * * *", timezone: "Europe/Oslo" })).toBe("Every day at 03:15, Europe/Oslo");
		expect(whenInWords({ cron: "*/5 * * * *", timezone: "Etc/UTC" })).toBe("Every 5 minutes, UTC");
	});
});

describe("what an operator may do", () => {
	it("offers a retry only for what has ended badly, and nothing to a reader", () => {
		expect(mayRetry({ state: "dead", decided: false }, "full")).toBe(true);
		expect(mayRetry({ state: "quarantined", decided: false }, "full")).toBe(true);
		expect(mayRetry({ state: "running", decided: false }, "full")).toBe(false);
		expect(mayRetry({ state: "cancelled", decided: false }, "full")).toBe(false);
		expect(mayRetry({ state: "dead", decided: false }, "read_only")).toBe(false);
	});

	it("offers nothing for what was decided on, and an edit of what has ended undone", () => {
		expect(mayRetry({ state: "dead", decided: true }, "full")).toBe(false);
		expect(mayEdit({ state: "dead", decided: true }, "full")).toBe(false);
		expect(mayEdit({ state: "cancelled", decided: false }, "full")).toBe(true);
		expect(mayEdit({ state: "succeeded", decided: false }, "full")).toBe(false);
		expect(mayEdit({ state: "dead", decided: false }, "read_only")).toBe(false);
	});

	it("offers a cancel once, while there is something to cancel", () => {
		expect(mayCancel({ state: "running", cancelRequested: false }, "full")).toBe(true);
		expect(mayCancel({ state: "running", cancelRequested: true }, "full")).toBe(false);
		expect(mayCancel({ state: "succeeded", cancelRequested: false }, "full")).toBe(false);
		expect(mayCancel({ state: "queued", cancelRequested: false }, null)).toBe(false);
	});
});
