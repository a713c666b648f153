import { expect, test } from "vitest";
import type { Project } from "@/api";
import { changeFrom, checkDraft, dayOf, EMPTY_DRAFT, endOf, newFrom } from "./draft";

test("a new project needs a person, a title and an amount", () => {
	expect(Object.keys(checkDraft(EMPTY_DRAFT, true))).toEqual(["contactName", "title", "amount"]);
	expect(checkDraft({ ...EMPTY_DRAFT, contactName: "Ada", title: "Album", amount: "0" }, true)).toEqual({});
	expect(Object.keys(checkDraft({ ...EMPTY_DRAFT, title: "Album", amount: "1", estimatedDays: "two" }, false))).toEqual(
		["estimatedDays"],
	);
});

test("amounts are minor units of the currency", () => {
	const draft = { ...EMPTY_DRAFT, contactName: "Ada", title: "Album", amount: "1 200.50", currency: "EUR" };
	expect(newFrom(draft)).toMatchObject({ amountMinor: 120_050, contact: { name: "Ada", email: null }, deadline: null });
	expect(newFrom({ ...draft, amount: "1200", currency: "JPY" }).amountMinor).toBe(1200);
});

test("an amount that was not changed is not sent", () => {
	const project = { amountMinor: 100, currency: "EUR" } as Project;
	expect(changeFrom({ ...EMPTY_DRAFT, title: "x", amount: "1", currency: "EUR" }, project, 3)).not.toHaveProperty(
		"amountMinor",
	);
	expect(changeFrom({ ...EMPTY_DRAFT, title: "x", amount: "2", currency: "EUR" }, project, 3)).toMatchObject({
		amountMinor: 200,
		version: 3,
	});
});

test("a day is the same day again", () => {
	expect(dayOf(endOf("2027-03-01"))).toBe("2027-03-01");
});
