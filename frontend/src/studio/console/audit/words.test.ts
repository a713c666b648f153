import { describe, expect, test } from "vitest";
import { actionWords, dayBounds, subjectHref } from "./words";

describe("the audit log in words", () => {
	test("actions that are not known yet are said by their own name", () => {
		expect(actionWords("console.retry_job")).toBe("Retried a job");
		expect(actionWords("clients.update")).toBe("Changed a client");
		expect(actionWords("money.hold_back")).toBe("Money: hold back");
	});

	test("what has a page is linked", () => {
		const at = (subjectKind: string, subjectId: string | null, subjectName: string | null) =>
			subjectHref({ subjectKind, subjectId, subjectName });
		expect(at("job", "1", "mail.send")).toBe("/console/jobs/1");
		expect(at("bulk_action", "2", null)).toBe("/console/bulk/2");
		expect(at("queue", null, "mail")).toBe("/console/jobs?search=queue%3Amail");
		expect(at("client", "3", null)).toBeNull();
	});

	test("two dates are whole days", () => {
		const { since, until } = dayBounds("2026-11-20", "2026-11-20");
		expect(new Date(until ?? "").getTime() - new Date(since ?? "").getTime()).toBe(86_400_000);
		expect(dayBounds("", "nonsense")).toEqual({});
	});
});
