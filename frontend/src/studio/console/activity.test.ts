import { describe, expect, it } from "vitest";
import type { Activity } from "@/api";
import { tell, withEntry } from "./activity";

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
	it("comes to the front of the list, once", () => {
		const before = { activity: [entry(2), entry(1)], nextCursor: null };
		const after = withEntry(before, entry(3));
		expect(after?.activity.map(({ number }) => number)).toEqual([3, 2, 1]);
		expect(withEntry(after, entry(3))).toBe(after);
		expect(withEntry(undefined, entry(3))).toBeUndefined();
	});

	it("is told as a sentence that leads somewhere", () => {
		expect(tell(entry(1))).toMatchObject({ text: "Oda paused queue mail", href: "/console/queues" });
		const died = tell(entry(1, { what: "jobs_died", subject: "mail.send", count: 3, by: null }));
		expect(died.text).toBe("3 jobs of mail.send died");
		expect(died.href).toContain("kind%3Amail.send");
	});
});
