import { describe, expect, it } from "vitest";
import { mayCancel, mayRetry, nodeWords, outcomeWords, scheduleInWords } from "./words";

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

describe("names that the contract leaves open", () => {
	it("says those it knows, and shows others as they are", () => {
		expect(nodeWords("gone").label).toBe("Gone");
		expect(nodeWords("half_asleep").label).toBe("Half asleep");
		expect(outcomeWords("retried").tone).toBe("bad");
		expect(outcomeWords("handed_back").tone).toBe("idle");
		expect(outcomeWords("sent_away")).toMatchObject({ label: "sent away", tone: "idle" });
	});
});

describe("what an operator may do", () => {
	it("offers a retry only for what has ended badly, and nothing to a reader", () => {
		expect(mayRetry({ state: "dead" }, "full")).toBe(true);
		expect(mayRetry({ state: "quarantined" }, "full")).toBe(true);
		expect(mayRetry({ state: "running" }, "full")).toBe(false);
		expect(mayRetry({ state: "cancelled" }, "full")).toBe(false);
		expect(mayRetry({ state: "dead" }, "read_only")).toBe(false);
	});

	it("offers a cancel once, while there is something to cancel", () => {
		expect(mayCancel({ state: "running", cancelRequested: false }, "full")).toBe(true);
		expect(mayCancel({ state: "running", cancelRequested: true }, "full")).toBe(false);
		expect(mayCancel({ state: "succeeded", cancelRequested: false }, "full")).toBe(false);
		expect(mayCancel({ state: "queued", cancelRequested: false }, null)).toBe(false);
	});
});
