import type { Import, ImportChoices, ImportColumn, ImportField, ImportFormat, ImportState, PreviewedRow } from "@/api";
import { type IconName, type Option, plural, type Tone, words } from "@/ui";

const STATE_WORDS: Record<ImportState, { label: string; tone: Tone; icon?: IconName }> = {
	uploaded: { label: "Not started", tone: "idle" },
	planning: { label: "Preparing", tone: "active" },
	running: { label: "Running", tone: "active" },
	completed: { label: "Completed", tone: "done" },
	cancelled: { label: "Cancelled", tone: "idle", icon: "ban" },
	failed: { label: "Failed", tone: "bad" },
	undoing: { label: "Undoing", tone: "active" },
	undone: { label: "Undone", tone: "idle", icon: "restore" },
};

type Ended = Pick<Import, "state" | "created" | "updated" | "skipped" | "rejected">;

/** The badge of an import. One that brought nothing but rejected rows has ended, but not well. */
export function badgeWords(data: Ended): { label: string; tone: Tone; icon?: IconName } {
	const badge = STATE_WORDS[data.state];
	const barren = data.state === "completed" && data.created + data.updated + data.skipped === 0 && data.rejected > 0;
	return barren ? { ...badge, tone: "active", icon: "alert" } : badge;
}

/** What stands beside the badge of a completed import with rejected rows, or null. */
export function rejectedNote({ state, created, updated, skipped, rejected }: Ended): string | null {
	if (state !== "completed" || rejected === 0) return null;
	return created + updated + skipped === 0
		? "No row was imported."
		: `${plural(rejected, "row was", "rows were")} rejected.`;
}

export function isOver(state: ImportState): boolean {
	return state === "completed" || state === "cancelled" || state === "failed" || state === "undone";
}

/** Whether nothing of it will change by itself: it is over, and suggests all that it will. */
export function isSettled(data: Pick<Import, "state" | "suggesting">): boolean {
	return isOver(data.state) && !data.suggesting;
}

export const SKIP = "";

/** What is chosen for each column: a field, or nothing. */
export type Mapping = Record<string, ImportField | typeof SKIP>;

const FIELD_LABELS: Record<ImportField, string> = {
	name: "Name",
	firstName: "First name",
	middleName: "Middle name",
	lastName: "Last name",
	email: "Email",
	otherEmail: "Other email",
	company: "Company",
	phone: "Phone",
	otherPhone: "Other phone",
	timezone: "Time zone",
	genres: "Genres",
	budgetMin: "Budget from",
	budgetMax: "Budget to",
	budgetCurrency: "Budget currency",
	satisfaction: "Satisfaction, 1 to 5",
	communication: "Likes to hear by",
	referralSource: "Came through",
	notes: "Notes",
};

function isField(name: string): name is ImportField {
	return Object.hasOwn(FIELD_LABELS, name);
}

/** What a column can become, in the order of the form. */
export const TARGETS: Option[] = [
	{ value: SKIP, label: "Leave out" },
	...Object.entries(FIELD_LABELS).map(([value, label]) => ({ value, label })),
];

/** A choice out of TARGETS. */
export function target(value: string): Mapping[string] {
	return isField(value) ? value : SKIP;
}

/** A field's label; a reason may name one that is no target, such as `budgetMinor`. */
export function targetLabel(field: string): string {
	return isField(field) ? FIELD_LABELS[field] : words(field);
}

type Mapped = Pick<Import, "columns" | "mapping">;

/** What the file calls a field; a field that no column became has our name. */
export function columnName({ columns, mapping }: Mapped, field: string): string {
	return columns.find((column) => mapping?.[String(column.index)] === field)?.name || targetLabel(field);
}

const COLUMNS_BESIDE_A_REASON = 4;

/** The columns that tell most about rejected rows, in the order of the file: those at fault, who it is, then others. */
export function columnsToShow(
	{ columns, mapping }: Mapped,
	rejects: { reasons: { field: string | null }[] }[],
): ImportColumn[] {
	const atFault = new Set(rejects.flatMap((row) => row.reasons.map((reason) => reason.field)));
	const weight = (column: ImportColumn) => {
		const field = mapping?.[String(column.index)];
		if (field && atFault.has(field)) return 0;
		return field === "name" || field === "email" || field === "firstName" || field === "lastName" ? 1 : 2;
	};
	return columns
		.filter((column) => mapping?.[String(column.index)])
		.sort((a, b) => weight(a) - weight(b) || a.index - b.index)
		.slice(0, COLUMNS_BESIDE_A_REASON)
		.sort((a, b) => a.index - b.index);
}

/** The guesses as a first mapping. */
export function firstMapping(columns: Pick<ImportColumn, "index" | "guess">[]): Mapping {
	return Object.fromEntries(columns.map((column) => [String(column.index), column.guess ?? SKIP]));
}

/** What the last file with these headings became; what it left out is left out again. */
export function rememberedMapping(
	columns: Pick<ImportColumn, "index">[],
	remembered: Record<string, ImportField>,
): Mapping {
	return Object.fromEntries(columns.map(({ index }) => [String(index), remembered[String(index)] ?? SKIP]));
}

/** Fields out of which a client has a name. */
const NAMING: ReadonlySet<Mapping[string]> = new Set<Mapping[string]>(["name", "firstName", "lastName", "email"]);

/** Fields that several columns may become. */
const OF_MANY: ReadonlySet<Mapping[string]> = new Set<Mapping[string]>(["otherEmail", "otherPhone", "genres", "notes"]);

/** Whether the file has budgets and no column that says their currency. */
export function needsCurrency(mapping: Mapping): boolean {
	const chosen = new Set(Object.values(mapping));
	return (chosen.has("budgetMin") || chosen.has("budgetMax")) && !chosen.has("budgetCurrency");
}

/** Why choices cannot start, in a sentence, or null. */
export function mappingProblem(mapping: Mapping, currency: string): string | null {
	const chosen = Object.values(mapping).filter((field) => field !== SKIP && !OF_MANY.has(field));
	const twice = chosen.find((field, index) => chosen.indexOf(field) !== index);
	if (twice) return `${targetLabel(twice)} is chosen for two columns. Leave one of them out.`;
	if (!chosen.some((field) => NAMING.has(field))) {
		return "Choose the column that holds the client's name, the first or last name, or the email address.";
	}
	if (needsCurrency(mapping) && !currency) return "Choose the currency of the budgets.";
	return null;
}

const OF_THOSE_HERE: Record<NonNullable<ImportChoices["duplicates"]>, string> = {
	skip: "will be skipped",
	fillEmpty: "will fill what is empty",
	overwrite: "will replace what is there",
	createAndSuggest: "will be created a second time, with a merge suggested",
};

/** What becomes of the first rows, in a sentence. */
export function previewLead(
	rows: Pick<PreviewedRow, "client" | "duplicateOf" | "repeatsRow">[],
	rule: ImportChoices["duplicates"] = "skip",
): string {
	const first = `Of the first ${plural(rows.length, "row")}`;
	const rejected = rows.filter((row) => row.client === null).length;
	const here = rows.filter((row) => row.duplicateOf !== null).length;
	if (rejected === rows.length) {
		return `${first}, none can become a client. Look at the reasons, and at how the file is read.`;
	}
	if (here === rows.length) return `${first}, each is a client who is here already and ${OF_THOSE_HERE[rule]}.`;
	const repeated = rows.filter((row) => row.repeatsRow !== null).length;
	const added = rows.length - rejected - here - repeated;
	const of = (count: number, one: string, many: string) => (count > 0 ? [`${count} ${count === 1 ? one : many}`] : []);
	const told = [
		...(here + repeated > 0 ? of(added, "becomes a new client", "become new clients") : []),
		...of(here, `is here already and ${OF_THOSE_HERE[rule]}`, `are here already and ${OF_THOSE_HERE[rule]}`),
		...of(repeated, `repeats a row above and ${OF_THOSE_HERE[rule]}`, `repeat rows above and ${OF_THOSE_HERE[rule]}`),
		...of(rejected, "cannot become a client", "cannot become clients"),
	];
	return `${first}, ${told.length === 0 ? "each becomes a client" : told.join("; ")}.`;
}

export const DELIMITERS: Option[] = [
	{ value: ",", label: "Comma" },
	{ value: ";", label: "Semicolon" },
	{ value: "\t", label: "Tab" },
	{ value: "|", label: "Vertical bar" },
];

export const QUOTES: Option[] = [
	{ value: '"', label: 'Quotation marks "' },
	{ value: "'", label: "Apostrophes '" },
];

export const ENCODINGS: { value: ImportFormat["encoding"]; label: string }[] = [
	{ value: "utf-8", label: "UTF-8" },
	{ value: "utf-16le", label: "UTF-16 (Windows)" },
	{ value: "utf-16be", label: "UTF-16 (big-endian)" },
	{ value: "windows-1252", label: "Windows-1252 (Western)" },
];

const labelOf = (options: Option[], value: string) => options.find((option) => option.value === value)?.label ?? value;

/** How a file is written, in one line. */
export function formatWords(format: ImportFormat): string {
	const cells = `Cells separated by ${labelOf(DELIMITERS, format.delimiter).toLowerCase()}`;
	const quotes = format.quote === "'" ? ", in apostrophes" : "";
	const row = format.headingRow === 1 ? "the first row" : `row ${format.headingRow}`;
	const names = format.headingRow === null ? "no row of names" : `names in ${row}`;
	return `${cells}${quotes} · ${labelOf(ENCODINGS, format.encoding)} · ${names}`;
}

/** Only what is taken over goes to the server. */
export function mappingToSend(mapping: Mapping): Record<string, ImportField> {
	const chosen: Record<string, ImportField> = {};
	for (const [index, field] of Object.entries(mapping)) if (field !== SKIP) chosen[index] = field;
	return chosen;
}
