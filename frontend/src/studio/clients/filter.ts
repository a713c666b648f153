import type { ClientExportQuery, ClientSort, ClientStatus } from "@/api";
import { oneOf } from "@/ui";

/** What the list is narrowed to, as it stands in the address. */
export const FILTER_DEFAULTS = {
	search: "",
	status: "active",
	email: "",
	genre: "",
	satisfaction: "",
	from: "",
	to: "",
	importId: "",
};

export type FilterState = typeof FILTER_DEFAULTS;

export const STATUSES: { value: ClientStatus; label: string }[] = [
	{ value: "active", label: "Active" },
	{ value: "archived", label: "Archived" },
	{ value: "all", label: "All" },
];

export const SORTS: { value: ClientSort; label: string }[] = [
	{ value: "name", label: "Name, A to Z" },
	{ value: "-name", label: "Name, Z to A" },
	{ value: "email", label: "Email, A to Z" },
	{ value: "-email", label: "Email, Z to A" },
	{ value: "company", label: "Company, A to Z" },
	{ value: "-company", label: "Company, Z to A" },
	{ value: "-createdAt", label: "Newest first" },
	{ value: "createdAt", label: "Oldest first" },
];

export const EMAILS = [
	{ value: "", label: "Any" },
	{ value: "yes", label: "With email" },
	{ value: "no", label: "Without email" },
];

export const SATISFACTIONS = [
	{ value: "", label: "Any" },
	{ value: "5", label: "5 of 5" },
	{ value: "4", label: "4 of 5" },
	{ value: "3", label: "3 of 5" },
	{ value: "2", label: "2 of 5" },
	{ value: "1", label: "1 of 5" },
	{ value: "unrated", label: "Not rated" },
];

/** What the fields beside search and status narrow by: that many count as filters. */
const BEHIND_THE_BUTTON = ["email", "genre", "satisfaction", "from", "to", "importId"] as const;

export function filtersSet(state: FilterState): number {
	return BEHIND_THE_BUTTON.filter((name) => state[name] !== "").length;
}

export const NO_FILTERS = { email: "", genre: "", satisfaction: "", from: "", to: "", importId: "" };

const IS_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The question to the API. An address that was typed may hold anything, so what cannot be meant is left out. */
export function narrowing(state: FilterState): ClientExportQuery {
	const email = (["yes", "no"] as const).find((each) => each === state.email);
	const satisfaction = (["1", "2", "3", "4", "5", "unrated"] as const).find((each) => each === state.satisfaction);
	const createdFrom = startOf(state.from, 0);
	const createdBefore = startOf(state.to, 1);
	return {
		status: oneOf(
			state.status,
			STATUSES.map((each) => each.value),
			"active",
		),
		...(state.search ? { search: state.search } : {}),
		...(email ? { email } : {}),
		...(state.genre.trim() ? { genre: state.genre.trim() } : {}),
		...(satisfaction ? { satisfaction } : {}),
		...(createdFrom ? { createdFrom } : {}),
		...(createdBefore ? { createdBefore } : {}),
		...(IS_ID.test(state.importId) ? { importId: state.importId } : {}),
	};
}

/** When a day begins where the reader is, or the day that many days later. */
function startOf(day: string, later: number): string | undefined {
	const parts = /^([1-9]\d{3})-(\d{2})-(\d{2})$/.exec(day);
	if (!parts) return undefined;
	const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
	const at = new Date(year, month - 1, date + later);
	return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
