import { describe, expect, it } from "vitest";
import { moved, nextInstalment, type PlanDraft, planFrom, sums, withoutMilestone, withoutPhase } from "./draft";

const DRAFT: PlanDraft = {
	title: "A record",
	currency: "EUR",
	validUntil: "",
	purpose: "Ten songs",
	total: "1 000",
	phases: [{ id: "p", title: "Recording", description: "", startsOn: "", endsOn: "2026-05-04" }],
	milestones: [
		{ id: "m", phaseId: "p", title: "Mix", description: "", category: "", amount: "400.50", dueOn: "" },
		{ id: "n", phaseId: "", title: "Master", description: "", category: "audio", amount: "", dueOn: "" },
	],
	instalments: [{ id: "i", description: "With the mix", amount: "250", due: "milestone", dueOn: "", milestoneId: "m" }],
};

describe("a plan", () => {
	it("is sent in minor units, with nothing for what is empty", () => {
		const { plan, wrong } = planFrom(DRAFT);
		expect(wrong).toEqual({});
		expect(plan.totalMinor).toBe(100_000);
		expect(plan.milestones?.map((each) => [each.amountMinor, each.phaseId, each.category])).toEqual([
			[40_050, "p", null],
			[0, null, "audio"],
		]);
		expect(plan.instalments?.[0]).toMatchObject({ amountMinor: 25_000, dueOn: null, milestoneId: "m" });
	});

	it("names amounts that cannot be read as the API names them", () => {
		const milestones = DRAFT.milestones.map((each) => ({ ...each, amount: "a lot" }));
		expect(Object.keys(planFrom({ ...DRAFT, milestones }).wrong)).toEqual([
			"plan.milestones.0.amountMinor",
			"plan.milestones.1.amountMinor",
		]);
	});

	it("knows its sums, also of a currency without cents", () => {
		expect(sums(DRAFT)).toEqual({ total: 100_000, milestones: 40_050, instalments: 25_000, readable: true });
		expect(sums({ ...DRAFT, currency: "JPY", milestones: [] })).toMatchObject({ total: 1_000, instalments: 250 });
	});

	it("offers a payment of the rest", () => {
		expect(nextInstalment(DRAFT)).toMatchObject({ amount: "750", due: "completion" });
		expect(nextInstalment({ ...DRAFT, instalments: [] })).toMatchObject({ amount: "1000", due: "approval" });
	});

	it("keeps no reference to what is gone", () => {
		expect(withoutPhase(DRAFT, "p").milestones.map((each) => each.phaseId)).toEqual(["", ""]);
		expect(withoutMilestone(DRAFT, "m").instalments[0]).toMatchObject({ due: "completion", milestoneId: "" });
	});

	it("moves items by a place", () => {
		expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
		expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
	});
});
