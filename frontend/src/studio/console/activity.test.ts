import { describe, expect, it } from "vitest";
import type { Activity } from "@/api";
import { latest, tell } from "./activity";

function entry(number: number, more: Partial<Activity> = {}): Activity {
	return {
		number,
		at: "2026-11-21T10:00:00Z",
		what: "queue_paused",
		subject: "mail",
		subjectId: null,
		count: null,
		by: "Oda",
		reason: null,
		...more,
	};
}

describe("activity", () => {
	const numbers = (entries: Activity[]) => entries.map(({ number }) => number);

	it("keeps what the stream brought while the list was being loaded, each once, the latest first", () => {
		expect(numbers(latest([entry(3)], [entry(4), entry(2)]))).toEqual([4, 3, 2]);
		expect(numbers(latest([entry(3)], [entry(3), entry(2)]))).toEqual([3, 2]);
		expect(numbers(latest([], [entry(1), entry(2)]))).toEqual([2, 1]);
	});

	it("is no more than a page, however long the console stays open", () => {
		let streamed: Activity[] = [];
		for (let number = 1; number <= 200; number += 1) streamed = latest([entry(number)], streamed);
		expect(streamed).toHaveLength(50);
		expect(streamed[0]?.number).toBe(200);
	});

	it("is told as a sentence that leads somewhere", () => {
		expect(tell(entry(1))).toMatchObject({ text: "Oda paused queue mail", href: "/console/queues" });
		const died = tell(entry(1, { what: "jobs_died", subject: "mail.send", count: 3, by: null }));
		expect(died.text).toBe("3 jobs of mail.send died");
		expect(died.href).toContain("kind%3Amail.send");
	});
});
