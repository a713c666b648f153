import { describe, expect, test } from "vitest";
import { bulkTitle, canarySize, readCanary } from "./words";

describe("bulk actions in words", () => {
	test("a title counts its jobs", () => {
		expect(bulkTitle("retry", 1)).toBe("Retry 1 job");
		expect(bulkTitle("delete", 25)).toBe("Delete 25 jobs");
	});

	test("a canary is a tenth, at most ten, at least one", () => {
		expect([1, 9, 25, 100, 5000].map(canarySize)).toEqual([1, 1, 3, 10, 10]);
	});

	test("a canary that cannot be is told why", () => {
		expect(readCanary("3", 10)).toBe(3);
		for (const typed of ["", "0", "11", "-1", "2.5", "x"]) expect(readCanary(typed, 10)).toContain("1 to 10");
	});
});
