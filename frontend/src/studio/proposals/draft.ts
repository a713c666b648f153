import type { Due, Proposal, ProposalPlan } from "@/api";
import { moneyInput, parseMoney } from "@/ui";

/** What the editor holds: text as typed, so that nothing is lost when a value is refused. */
export interface PlanDraft {
	title: string;
	currency: string;
	/** The last day on which the client can decide, or nothing. */
	validUntil: string;
	purpose: string;
	total: string;
	phases: PhaseDraft[];
	milestones: MilestoneDraft[];
	instalments: InstalmentDraft[];
}

export interface PhaseDraft {
	id: string;
	title: string;
	description: string;
	startsOn: string;
	endsOn: string;
}

export interface MilestoneDraft {
	id: string;
	phaseId: string;
	title: string;
	description: string;
	category: string;
	amount: string;
	dueOn: string;
}

export interface InstalmentDraft {
	id: string;
	description: string;
	amount: string;
	due: Due;
	dueOn: string;
	milestoneId: string;
}

export function draftFrom(proposal: Proposal): PlanDraft {
	const { plan, currency } = proposal;
	const money = (minor: number) => moneyInput(minor, currency);
	return {
		title: proposal.planTitle,
		currency,
		validUntil: proposal.validUntil ? localDay(new Date(proposal.validUntil)) : "",
		purpose: plan.purpose ?? "",
		total: money(plan.totalMinor),
		phases: (plan.phases ?? []).map((each) => ({
			id: each.id,
			title: each.title,
			description: each.description ?? "",
			startsOn: each.startsOn ?? "",
			endsOn: each.endsOn ?? "",
		})),
		milestones: (plan.milestones ?? []).map((each) => ({
			id: each.id,
			phaseId: each.phaseId ?? "",
			title: each.title,
			description: each.description ?? "",
			category: each.category ?? "",
			amount: money(each.amountMinor ?? 0),
			dueOn: each.dueOn ?? "",
		})),
		instalments: (plan.instalments ?? []).map((each) => ({
			id: each.id,
			description: each.description,
			amount: money(each.amountMinor),
			due: each.due,
			dueOn: each.dueOn ?? "",
			milestoneId: each.milestoneId ?? "",
		})),
	};
}

/** The plan, or what is wrong by the names that the API gives fields. */
export function planFrom(draft: PlanDraft): { plan: ProposalPlan; wrong: Record<string, string> } {
	const wrong: Record<string, string> = {};
	const amount = (text: string, field: string) => {
		const minor = text.trim() === "" ? 0 : parseMoney(text, draft.currency);
		if (minor === null) wrong[field] = `Enter an amount like ${moneyInput(120_050, draft.currency)}.`;
		return minor ?? 0;
	};
	const plan: ProposalPlan = {
		purpose: draft.purpose,
		totalMinor: amount(draft.total, "plan.totalMinor"),
		phases: draft.phases.map((each) => ({
			id: each.id,
			title: each.title,
			description: each.description,
			startsOn: each.startsOn || null,
			endsOn: each.endsOn || null,
		})),
		milestones: draft.milestones.map((each, index) => ({
			id: each.id,
			phaseId: each.phaseId || null,
			title: each.title,
			description: each.description,
			category: each.category || null,
			amountMinor: amount(each.amount, `plan.milestones.${index}.amountMinor`),
			dueOn: each.dueOn || null,
		})),
		instalments: draft.instalments.map((each, index) => ({
			id: each.id,
			description: each.description,
			amountMinor: amount(each.amount, `plan.instalments.${index}.amountMinor`),
			due: each.due,
			dueOn: each.due === "date" ? each.dueOn || null : null,
			milestoneId: each.due === "milestone" ? each.milestoneId || null : null,
		})),
	};
	return { plan, wrong };
}

export interface Sums {
	total: number;
	milestones: number;
	instalments: number;
	/** Of an amount that is not readable nothing is known. */
	readable: boolean;
}

export function sums(draft: PlanDraft): Sums {
	const { plan, wrong } = planFrom(draft);
	const sum = (items: { amountMinor?: number }[] = []) => items.reduce((all, each) => all + (each.amountMinor ?? 0), 0);
	return {
		total: plan.totalMinor,
		milestones: sum(plan.milestones),
		instalments: sum(plan.instalments),
		readable: Object.keys(wrong).length === 0,
	};
}

export function newId(): string {
	return crypto.randomUUID();
}

/** Without a phase nothing belongs to it any more. */
export function withoutPhase(draft: PlanDraft, id: string): PlanDraft {
	return {
		...draft,
		phases: draft.phases.filter((each) => each.id !== id),
		milestones: draft.milestones.map((each) => (each.phaseId === id ? { ...each, phaseId: "" } : each)),
	};
}

/** Payments that were due with a milestone that is gone are due when all is done. */
export function withoutMilestone(draft: PlanDraft, id: string): PlanDraft {
	return {
		...draft,
		milestones: draft.milestones.filter((each) => each.id !== id),
		instalments: draft.instalments.map((each) =>
			each.milestoneId === id ? { ...each, milestoneId: "", due: "completion" as const } : each,
		),
	};
}

/** A list with one item moved by one place. */
export function moved<T>(items: T[], index: number, by: -1 | 1): T[] {
	const next = [...items];
	const [item] = next.splice(index, 1);
	if (item !== undefined) next.splice(index + by, 0, item);
	return next;
}

/** A payment of what no other payment takes, due with the milestone of the same place if there is one. */
export function nextInstalment(draft: PlanDraft): InstalmentDraft {
	const { total, instalments } = sums(draft);
	const rest = Math.max(0, total - instalments);
	return {
		id: newId(),
		description: draft.instalments.length === 0 ? "Full payment" : "Payment",
		amount: rest > 0 ? moneyInput(rest, draft.currency) : "",
		due: draft.instalments.length === 0 ? "approval" : "completion",
		dueOn: "",
		milestoneId: "",
	};
}

export function localDay(date: Date): string {
	const two = (part: number) => String(part).padStart(2, "0");
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The end of a day where the writer is. */
export function endOfDay(day: string): string | null {
	if (!day) return null;
	const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
	return new Date(year, month - 1, date, 23, 59, 59).toISOString();
}
