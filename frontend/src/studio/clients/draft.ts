import type { Client, NewClient } from "@/api";
import { moneyInput, parseMoney } from "@/ui";

/** What the form holds: text as typed, so that nothing is lost when a value is refused. */
export interface ClientDraft {
	name: string;
	email: string;
	company: string;
	phone: string;
	timezone: string;
	genres: string;
	budgetMin: string;
	budgetMax: string;
	budgetCurrency: string;
	byEmail: boolean;
	bySms: boolean;
	byPhone: boolean;
	satisfaction: string;
	referralSource: string;
	notes: string;
}

export const EMPTY_DRAFT: ClientDraft = {
	name: "",
	email: "",
	company: "",
	phone: "",
	timezone: "",
	genres: "",
	budgetMin: "",
	budgetMax: "",
	budgetCurrency: "USD",
	byEmail: true,
	bySms: false,
	byPhone: false,
	satisfaction: "",
	referralSource: "",
	notes: "",
};

export function draftFrom(client: Client): ClientDraft {
	const currency = client.budgetCurrency ?? "USD";
	const { budgetMinor: budget } = client;
	return {
		name: client.name,
		email: client.email ?? "",
		company: client.company ?? "",
		phone: client.phone ?? "",
		timezone: client.timezone ?? "",
		genres: client.genres.join(", "),
		budgetMin: budget ? moneyInput(budget.min, currency) : "",
		budgetMax: budget ? moneyInput(budget.max, currency) : "",
		budgetCurrency: currency,
		byEmail: client.communication.email,
		bySms: client.communication.sms,
		byPhone: client.communication.phone,
		satisfaction: client.satisfaction === null ? "" : String(client.satisfaction),
		referralSource: client.referralSource ?? "",
		notes: client.notes ?? "",
	};
}

/** What is surely wrong before asking the server. A budget with one end is a fixed amount. */
export function checkDraft(draft: ClientDraft): Partial<Record<keyof ClientDraft, string>> {
	const wrong: Partial<Record<keyof ClientDraft, string>> = {};
	if (!draft.name.trim()) wrong.name = "Enter the client's name.";
	for (const end of ["budgetMin", "budgetMax"] as const) {
		if (draft[end].trim() && parseMoney(draft[end], draft.budgetCurrency) === null) {
			wrong[end] = `Enter an amount in ${draft.budgetCurrency}, such as 1500.`;
		}
	}
	if (wrong.budgetMin || wrong.budgetMax) return wrong;
	const budget = budgetOf(draft);
	if (budget && budget.min > budget.max) wrong.budgetMax = "The highest amount is below the lowest.";
	return wrong;
}

function budgetOf(draft: ClientDraft): { min: number; max: number } | null {
	const min = parseMoney(draft.budgetMin, draft.budgetCurrency);
	const max = parseMoney(draft.budgetMax, draft.budgetCurrency);
	if (min === null && max === null) return null;
	return { min: min ?? max ?? 0, max: max ?? min ?? 0 };
}

/** Fits a new client and a change alike: what cannot be emptied is never null. */
export function inputFrom(draft: ClientDraft) {
	const text = (value: string) => value.trim() || null;
	const budget = budgetOf(draft);
	return {
		name: draft.name.trim(),
		email: text(draft.email),
		company: text(draft.company),
		phone: text(draft.phone),
		timezone: text(draft.timezone),
		genres: [
			...new Set(
				draft.genres
					.split(",")
					.map((genre) => genre.trim())
					.filter(Boolean),
			),
		],
		budgetMinor: budget,
		budgetCurrency: budget ? draft.budgetCurrency : null,
		communication: { email: draft.byEmail, sms: draft.bySms, phone: draft.byPhone },
		satisfaction: draft.satisfaction ? Number(draft.satisfaction) : null,
		referralSource: text(draft.referralSource),
		notes: text(draft.notes),
	} satisfies NewClient;
}
