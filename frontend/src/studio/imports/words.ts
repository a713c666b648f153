import type { Import, ImportState } from "@/api";
import type { IconName, Option, Tone } from "@/ui";

export const STATE_WORDS: Record<ImportState, { label: string; tone: Tone; icon?: IconName }> = {
	uploaded: { label: "Not started", tone: "idle" },
	planning: { label: "Preparing", tone: "active" },
	running: { label: "Running", tone: "active" },
	completed: { label: "Completed", tone: "done" },
	cancelled: { label: "Cancelled", tone: "idle", icon: "ban" },
	failed: { label: "Failed", tone: "bad" },
};

export function isOver(state: ImportState): boolean {
	return state === "completed" || state === "cancelled" || state === "failed";
}

export const SKIP = "";

/** What a column can become. The names on the left are those of the API. */
export const TARGETS: Option[] = [
	{ value: SKIP, label: "Leave out" },
	{ value: "name", label: "Name" },
	{ value: "email", label: "Email" },
	{ value: "company", label: "Company" },
	{ value: "phone", label: "Phone" },
	{ value: "timezone", label: "Time zone" },
	{ value: "genres", label: "Genres" },
	{ value: "budgetMin", label: "Budget from" },
	{ value: "budgetMax", label: "Budget to" },
	{ value: "budgetCurrency", label: "Budget currency" },
	{ value: "satisfaction", label: "Satisfaction, 1 to 5" },
	{ value: "referralSource", label: "Came through" },
	{ value: "notes", label: "Notes" },
];

export function targetLabel(field: string): string {
	return TARGETS.find((target) => target.value === field)?.label ?? field;
}

/** The guesses as a first mapping; a field guessed twice stays with its first column. */
export function firstMapping(columns: Import["columns"]): Record<string, string> {
	const mapping: Record<string, string> = {};
	const taken = new Set<string>();
	for (const column of columns) {
		const guess = column.guess;
		const usable = guess && TARGETS.some((target) => target.value === guess) && !taken.has(guess);
		if (usable) taken.add(guess);
		mapping[String(column.index)] = usable ? guess : SKIP;
	}
	return mapping;
}

/** Why a mapping cannot start, in a sentence, or null. */
export function mappingProblem(mapping: Record<string, string>): string | null {
	const chosen = Object.values(mapping).filter((field) => field !== SKIP);
	const twice = chosen.find((field, index) => chosen.indexOf(field) !== index);
	if (twice) return `${targetLabel(twice)} is chosen for two columns. Leave one of them out.`;
	if (!chosen.includes("name")) return "Choose the column that holds the client's name.";
	return null;
}

/** Only what is taken over goes to the server. */
export function mappingToSend(mapping: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(mapping).filter(([, field]) => field !== SKIP));
}
