import { describe, expect, it } from "vitest";
import { FILTER_DEFAULTS, filtersSet, narrowing } from "./filter";

describe("the filters of the list of clients", () => {
	it("asks for active clients and nothing else unless told", () => {
		expect(narrowing(FILTER_DEFAULTS)).toEqual({ status: "active" });
		expect(filtersSet(FILTER_DEFAULTS)).toBe(0);
	});

	it("takes days as whole days where the reader is", () => {
		const asked = narrowing({ ...FILTER_DEFAULTS, from: "2026-02-28", to: "2026-02-28" });
		expect(asked.createdFrom).toBe(new Date(2026, 1, 28).toISOString());
		expect(asked.createdBefore).toBe(new Date(2026, 2, 1).toISOString());
	});

	it("asks for the clients of one import", () => {
		const importId = "0199f0c2-7a51-7d3c-8f3e-5f0c1a2b3c4d";
		expect(narrowing({ ...FILTER_DEFAULTS, importId })).toEqual({ status: "active", importId });
	});

	it("leaves out what cannot be meant", () => {
		const odd = {
			...FILTER_DEFAULTS,
			status: "dead",
			email: "maybe",
			satisfaction: "6",
			from: "soon",
			to: "0000-01-01",
			importId: "the last one",
		};
		expect(narrowing(odd)).toEqual({ status: "active" });
	});

	it("counts what stands behind the button", () => {
		expect(filtersSet({ ...FILTER_DEFAULTS, search: "x", status: "all", genre: "Jazz", email: "no" })).toBe(2);
	});
});
