import { describe, expect, it } from "vitest";
import type { Client, Merge } from "@/api";
import { fieldText, firstChoice, withAddress } from "./words";

const CLIENT: Client = {
	id: "a",
	name: "Ada",
	email: "ada@example.com",
	company: null,
	phone: null,
	timezone: null,
	genres: ["House", "Techno"],
	budgetMinor: { min: 100, max: 200 },
	budgetCurrency: "EUR",
	communication: { email: true, sms: false, phone: true },
	satisfaction: null,
	referralSource: null,
	notes: null,
	archivedAt: null,
	mergedInto: null,
	createdAt: "2026-01-01T00:00:00Z",
	updatedAt: "2026-01-01T00:00:00Z",
	version: 1,
};

const MERGE = {
	id: "m",
	client: CLIENT,
	other: { ...CLIENT, id: "b", name: "Ada O.", email: null, company: "Kite" },
	email: "ADA@example.com",
	differing: ["name", "email", "company"],
} as unknown as Merge;

describe("merges", () => {
	it("tells fields in words", () => {
		expect(fieldText(CLIENT, "genres")).toBe("House, Techno");
		expect(fieldText(CLIENT, "communication")).toBe("email, phone");
		expect(fieldText(CLIENT, "budget")).toMatch(/ to /);
		expect(fieldText(CLIENT, "notes")).toBe("");
		expect(withAddress(MERGE).email).toBe("ADA@example.com");
	});

	it("takes what is there at first", () => {
		expect(firstChoice(MERGE, "a")).toEqual({ name: "a", email: "a", company: "b" });
		expect(firstChoice(MERGE, "b")).toEqual({ name: "b", email: "b", company: "b" });
	});
});
