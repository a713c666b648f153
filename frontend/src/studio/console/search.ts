import type { JobState } from "@/api";

/** A piece of a search between blanks, as the API reads it: `key:value`, or a text with no key. */
export interface Term {
	key: string | null;
	value: string;
	/** Where it stands in the search. */
	start: number;
	end: number;
}

/** Cuts a search at its blanks; those in quotes do not count. The same rules as the API's. */
export function terms(search: string): Term[] {
	const found: Term[] = [];
	let at = 0;
	while (at < search.length) {
		if (/\s/.test(search.charAt(at))) {
			at += 1;
			continue;
		}
		const term: Term = { key: null, value: "", start: at, end: at };
		let inQuotes = false;
		let wasQuoted = false;
		for (; at < search.length && (inQuotes || !/\s/.test(search.charAt(at))); at += 1) {
			const character = search.charAt(at);
			if (character === "\\" && inQuotes) {
				at += 1;
				term.value += search.charAt(at);
			} else if (character === '"') {
				inQuotes = !inQuotes;
				wasQuoted = true;
			} else if (character === ":" && !inQuotes && !wasQuoted && term.key === null) {
				term.key = term.value;
				term.value = "";
			} else {
				term.value += character;
			}
		}
		term.end = at;
		found.push(term);
	}
	return found;
}

/** In quotes where it must be. */
export function quoted(value: string): string {
	if (value !== "" && !/[\s"\\:]/.test(value)) return value;
	return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** The search with that key set to this value, or without the key. */
export function withTerm(search: string, key: string, value: string | null): string {
	const others = terms(search)
		.filter((term) => term.key !== key)
		.map((term) => search.slice(term.start, term.end));
	return [...(value === null ? [] : [`${key}:${quoted(value)}`]), ...others].join(" ");
}

/** What is asked for by a key; several of one key as one text with commas. */
export function termValue(search: string, key: string): string {
	return terms(search)
		.filter((term) => term.key === key)
		.map((term) => term.value)
		.join(",");
}

export interface JobTerms {
	/** Any of several. */
	state?: JobState | readonly JobState[];
	kind?: string;
	queue?: string;
	workspace?: string;
	node?: string;
	batch?: string;
	fingerprint?: string;
	since?: string;
}

/** A search for jobs as text. */
export function jobSearch(wanted: JobTerms): string {
	return Object.entries(wanted)
		.map(([key, value]) => `${key}:${quoted([value].flat().join(","))}`)
		.join(" ");
}

/** The address of the list of those jobs. */
export function jobsHref(wanted: JobTerms): string {
	return `/console/jobs?search=${encodeURIComponent(jobSearch(wanted))}`;
}

export interface Suggestion {
	/** What is put in the place of the term. */
	insert: string;
	label: string;
	hint: string;
}

/** What can be searched by, in the order in which an operator needs it. */
export const SEARCH_KEYS: { key: string; hint: string; example: string }[] = [
	{ key: "kind", hint: "kind of job", example: "kind:imports.chunk" },
	{ key: "state", hint: "where it stands", example: "state:dead" },
	{ key: "queue", hint: "where it waits", example: "queue:mail" },
	{ key: "workspace", hint: "name or id", example: 'workspace:"North Light"' },
	{ key: "error", hint: "text in the latest error", example: 'error:"connection refused"' },
	{ key: "since", hint: "ended, or due, since", example: "since:2h" },
	{ key: "before", hint: "ended, or due, before", example: "before:2026-11-20T10:00Z" },
	{ key: "args.", hint: "a value in the arguments", example: "args.import_id:0190…" },
	{ key: "batch", hint: "id of its batch", example: "batch:0190…" },
	{ key: "node", hint: "name or id of the node", example: "node:worker-1" },
	{ key: "fingerprint", hint: "failures that are alike", example: "fingerprint:1f0c2d3e4a5b" },
	{ key: "id", hint: "one job", example: "id:0190…" },
];

export type Values = Record<string, { value: string; hint: string }[]>;

/** What the term at the caret may become. */
export function suggestions(search: string, caret: number, values: Values): Suggestion[] {
	const term = terms(search).find((each) => each.start < caret && caret <= each.end);
	const typed = term ? search.slice(term.start, caret) : "";
	const colon = typed.indexOf(":");
	if (colon < 0) {
		const used = new Set(terms(search).map((each) => each.key));
		return SEARCH_KEYS.filter(({ key }) => key.startsWith(typed) && !used.has(key)).map(({ key, hint }) => ({
			insert: key.endsWith(".") ? key : `${key}:`,
			label: key.endsWith(".") ? `${key}name:` : `${key}:`,
			hint,
		}));
	}
	const key = typed.slice(0, colon);
	const begun = typed.slice(colon + 1).toLowerCase();
	return (values[key] ?? [])
		.filter(({ value }) => value.toLowerCase().includes(begun) && value.toLowerCase() !== begun)
		.map(({ value, hint }) => ({ insert: `${key}:${quoted(value)} `, label: value, hint }));
}

/** Puts a suggestion in the place of the term at the caret; answers the search and where the caret is then. */
export function completed(search: string, caret: number, { insert }: Suggestion): [string, number] {
	const term = terms(search).find((each) => each.start < caret && caret <= each.end);
	const [start, end] = term ? [term.start, term.end] : [caret, caret];
	const rest = search.slice(end);
	const glue = insert.endsWith(" ") && rest.startsWith(" ") ? insert.trimEnd() : insert;
	return [search.slice(0, start) + glue + rest, start + insert.length];
}
