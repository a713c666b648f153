import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, type Import, type ImportChoices, type PreviewedRow } from "@/api";
import { type Column, ErrorState, Money, None, Section, Skeleton, StatusBadge, Table } from "@/ui";
import { previewLead, targetLabel } from "./words";

const SETTLE_MS = 300;

/** What the first rows would become. It follows the choices once they have settled; older questions are dropped. */
export function Preview({
	data: { id, format },
	choices,
	problem,
}: {
	data: Import;
	choices: ImportChoices;
	/** Why the choices cannot be followed yet. */
	problem: string | null;
}) {
	// the rule for duplicates changes what is said of the rows, and no row
	const { duplicates: rule, ...asked } = choices;
	const settled = useSettled(JSON.stringify(asked));
	const query = useQuery({
		queryKey: ["imports", "preview", id, format, settled],
		queryFn: ({ signal }) => api.imports.preview(id, JSON.parse(settled) as ImportChoices, signal),
		enabled: problem === null,
		placeholderData: keepPreviousData,
		retry: false,
	});
	const rows = query.data?.rows;
	return (
		<Section title="Preview" lead={problem ?? (rows && previewLead(rows, rule))}>
			{problem ? null : query.error ? (
				<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
			) : rows ? (
				<section aria-label="Preview of the rows">
					<Table
						caption="The first rows and what they would become"
						columns={columnsFor(rows)}
						rows={rows}
						rowKey={(row) => String(row.rowNumber)}
						busy={query.isPlaceholderData}
						card={(row) => <Card row={row} />}
					/>
				</section>
			) : (
				<Skeleton />
			)}
		</Section>
	);
}

function useSettled(value: string): string {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), SETTLE_MS);
		return () => clearTimeout(timer);
	}, [value]);
	return settled;
}

type Client = NonNullable<PreviewedRow["client"]>;

/** What is known of a client, in the order of the form. */
const FIELDS: { key: string; label: string; text: (client: Client) => string | null }[] = [
	{ key: "email", label: "Email", text: (client) => client.email },
	{ key: "company", label: "Company", text: (client) => client.company },
	{ key: "phone", label: "Phone", text: (client) => client.phone },
	{ key: "timezone", label: "Time zone", text: (client) => client.timezone },
	{ key: "genres", label: "Genres", text: (client) => client.genres.join(", ") || null },
	{ key: "satisfaction", label: "Satisfaction", text: (client) => client.satisfaction?.toString() ?? null },
	{ key: "referralSource", label: "Came through", text: (client) => client.referralSource },
	{ key: "notes", label: "Notes", text: (client) => client.notes?.replaceAll(/\s*\n\s*/g, " · ") ?? null },
];

function columnsFor(rows: PreviewedRow[]): Column<PreviewedRow>[] {
	const told = FIELDS.filter(({ text }) => rows.some((row) => row.client && text(row.client)));
	const hasBudget = rows.some((row) => row.client?.budgetMinor);
	return [
		{ key: "row", label: "Row", align: "right", class: "text-ink-3", cell: (row) => row.rowNumber },
		{
			key: "name",
			label: "Becomes",
			class: "max-w-72 min-w-56",
			cell: (row) =>
				row.client ? (
					<>
						<span class="font-medium">{row.client.name}</span>
						<Here row={row} />
					</>
				) : (
					<Rejected row={row} />
				),
		},
		...told.map(({ key, label, text }) => ({
			key,
			label,
			class: "max-w-52 truncate text-ink-2",
			cell: (row: PreviewedRow) => (row.client && text(row.client)) || <None />,
		})),
		...(hasBudget
			? [
					{
						key: "budget",
						label: "Budget",
						align: "right" as const,
						cell: (row: PreviewedRow) => (row.client?.budgetMinor ? <Budget client={row.client} /> : <None />),
					},
				]
			: []),
	];
}

function Budget({ client: { budgetMinor: budget, budgetCurrency: currency } }: { client: Client }) {
	if (!budget || !currency) return <None />;
	if (budget.min === budget.max) return <Money minor={budget.min} currency={currency} />;
	return (
		<span class="whitespace-nowrap">
			<Money minor={budget.min} currency={currency} /> – <Money minor={budget.max} currency={currency} />
		</span>
	);
}

/** Who a row is already, to whom the rule for duplicates applies. */
function Here({ row: { duplicateOf, repeatsRow } }: { row: PreviewedRow }) {
	if (duplicateOf) return <div class="text-xs text-ink-3">Here already: {duplicateOf.name ?? "a client"}</div>;
	if (repeatsRow !== null) return <div class="text-xs text-ink-3">Same as row {repeatsRow}</div>;
	return null;
}

function Rejected({ row }: { row: PreviewedRow }) {
	const cells = row.columns.filter((cell) => cell.trim()).join(", ");
	return (
		<div class="grid gap-1 py-1 whitespace-normal">
			<span>
				<StatusBadge tone="bad">Rejected</StatusBadge>
			</span>
			{row.reasons.map((reason) => (
				<p key={`${reason.field}-${reason.message}`}>
					{reason.field && <span class="font-medium">{targetLabel(reason.field)}: </span>}
					{reason.message}
				</p>
			))}
			{cells && <p class="line-clamp-2 text-xs wrap-anywhere text-ink-3">{cells}</p>}
		</div>
	);
}

function Card({ row }: { row: PreviewedRow }) {
	const { client } = row;
	if (!client) {
		return (
			<>
				<div class="text-xs text-ink-3">Row {row.rowNumber}</div>
				<Rejected row={row} />
			</>
		);
	}
	const told = FIELDS.map(({ key, text }) => [key, text(client)] as const).filter(([, text]) => text);
	return (
		<div class="grid grid-cols-1 gap-0.5">
			<div class="flex items-baseline justify-between gap-3">
				<span class="truncate font-medium">{client.name}</span>
				<span class="text-xs whitespace-nowrap text-ink-3">Row {row.rowNumber}</span>
			</div>
			<Here row={row} />
			{told.map(([key, text]) => (
				<div key={key} class="truncate text-ink-2">
					{text}
				</div>
			))}
			{client.budgetMinor && (
				<div class="justify-self-start">
					<Budget client={client} />
				</div>
			)}
		</div>
	);
}
