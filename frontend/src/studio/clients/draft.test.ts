import { describe, expect, it } from "vitest";
import type { Client } from "@/api";
import { checkDraft, draftFrom, EMPTY_DRAFT, inputFrom } from "./draft";

const CLIENT: Client = {
	id: "c1",
	name: "Ada Okafor",
	email: "ada@example.com",
	company: null,
	phone: null,
	timezone: "Europe/Stockholm",
	genres: ["Ambient", "Film score"],
	budgetMinor: { min: 150_050, max: 480_000 },
	budgetCurrency: "EUR",
	communication: { email: true, sms: false, phone: true },
	satisfaction: 4,
	referralSource: null,
	notes: "WAV",
	archivedAt: null,
	mergedInto: null,
	createdAt: "2026-01-01T00:00:00Z",
	updatedAt: "2026-01-01T00:00:00Z",
	version: 3,
};

describe("a client's form", () => {
	it("gives back what it was given", () => {
		const { id, archivedAt, mergedInto, createdAt, updatedAt, version, ...input } = CLIENT;
		expect(inputFrom(draftFrom(CLIENT))).toEqual(input);
	});

	it("sends nothing for what is empty", () => {
		expect(inputFrom({ ...EMPTY_DRAFT, name: " Bo ", email: "  ", genres: " , Jazz,Jazz " })).toMatchObject({
			name: "Bo",
			email: null,
			genres: ["Jazz"],
			budgetMinor: null,
			budgetCurrency: null,
			satisfaction: null,
		});
	});

	it("takes a budget with one end as a fixed amount", () => {
		expect(inputFrom({ ...EMPTY_DRAFT, name: "Bo", budgetMax: "900" }).budgetMinor).toEqual({
			min: 90_000,
			max: 90_000,
		});
	});

	it("names what is wrong", () => {
		expect(checkDraft(EMPTY_DRAFT)).toEqual({ name: "Enter the client's name." });
		expect(checkDraft({ ...EMPTY_DRAFT, name: "Bo", budgetMin: "much" })).toHaveProperty("budgetMin");
		expect(checkDraft({ ...EMPTY_DRAFT, name: "Bo", budgetMin: "9", budgetMax: "5" })).toHaveProperty("budgetMax");
	});
});
