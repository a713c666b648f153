import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Import, type ImportedRow } from "@/api";
import {
	type Column,
	EmptyState,
	formatCount,
	Icon,
	Load,
	None,
	oneOf,
	Pager,
	Section,
	StatusBadge,
	Table,
	Tabs,
	type Tone,
	useUrlState,
} from "@/ui";
import { columnName, columnsToShow } from "./words";

const DEFAULTS = { cursor: "", outcome: "" };
const OUTCOMES = ["rejected", "created", "updated", "skipped"] as const;
type Outcome = (typeof OUTCOMES)[number];

const WORDS: Record<Outcome, { label: string; tone: Tone }> = {
	created: { label: "Created", tone: "done" },
	updated: { label: "Updated", tone: "active" },
	skipped: { label: "Skipped", tone: "idle" },
	rejected: { label: "Rejected", tone: "bad" },
};

const MATCHED: Record<NonNullable<ImportedRow["matchedBy"]>, string> = {
	email: "the same email address",
	phone: "the same phone number",
	name: "the same name and company",
};

/** What became of each row. Rejected rows come first, since they are the ones to look at. */
export function Rows({ data }: { data: Import }) {
	const { state, set } = useUrlState(DEFAULTS);
	const kept = data.outcomesKept ? OUTCOMES : (["rejected"] as const);
	const there = kept.filter((outcome) => data[outcome] > 0);
	const outcome = oneOf(state.outcome, there.length > 0 ? there : OUTCOMES, there[0] ?? "created");
	const query = useQuery({
		queryKey: ["imports", "rows", data.id, outcome, state.cursor],
		queryFn: () => api.imports.rows(data.id, { outcome, ...(state.cursor ? { cursor: state.cursor } : {}) }),
		placeholderData: keepPreviousData,
	});
	if (there.length === 0) return null;
	return (
		<Section
			title="Rows"
			lead={
				outcome === "rejected"
					? "Mend them in the file and import it again. Rows that are already here are skipped."
					: undefined
			}
			actions={
				data.rejected > 0 && (
					<a
						href={api.imports.rejectsFile(data.id)}
						download
						class="touch inline-flex min-h-9 items-center gap-2 rounded-md border border-line bg-surface px-3.5 font-medium shadow-card hover:bg-hover"
					>
						<Icon name="download" />
						Download rejects.csv
					</a>
				)
			}
		>
			<Tabs
				label="What became of rows"
				tabs={there.map((each) => ({
					href: `/imports/${data.id}?outcome=${each}`,
					label: WORDS[each].label,
					current: each === outcome,
					count: formatCount(data[each]),
					alarming: each === "rejected",
				}))}
			/>
			<Load query={query}>
				{(page) =>
					page.rows.length === 0 ? (
						<EmptyState icon="file" title="No such rows" />
					) : (
						<>
							<Table
								caption={`${WORDS[outcome].label} rows`}
								columns={columns(data, page.rows, outcome)}
								rows={page.rows}
								rowKey={(row) => String(row.rowNumber)}
								busy={query.isPlaceholderData}
								card={(row) => (
									<div class="grid grid-cols-1 gap-1">
										<div class="flex items-center justify-between gap-3 text-xs text-ink-3">
											<span>Row {formatCount(row.rowNumber)}</span>
											<StatusBadge tone={WORDS[row.outcome].tone}>{WORDS[row.outcome].label}</StatusBadge>
										</div>
										<Told row={row} data={data} />
										<div class="truncate text-ink-2">{row.columns.filter(Boolean).join(" · ")}</div>
									</div>
								)}
							/>
							<Pager
								cursor={state.cursor}
								nextCursor={page.nextCursor}
								busy={query.isPlaceholderData}
								onMove={(cursor) => set({ cursor })}
							/>
						</>
					)
				}
			</Load>
		</Section>
	);
}

function columns(data: Import, rows: ImportedRow[], outcome: Outcome): Column<ImportedRow>[] {
	const reasons = rows.map((row) => ({ reasons: row.reasons }));
	return [
		{ key: "row", label: "Row", class: "w-20 text-ink-2", cell: (row) => formatCount(row.rowNumber) },
		{
			key: "why",
			label: outcome === "rejected" ? "Why" : "Client",
			class: "min-w-56",
			cell: (row) => <Told row={row} data={data} />,
		},
		...columnsToShow(data, reasons).map((column) => ({
			key: `column-${column.index}`,
			label: column.name,
			class: "max-w-40 truncate text-ink-2",
			cell: (row: ImportedRow) => row.columns[column.index] || <None />,
		})),
	];
}

/** The client of a row and by what it is that one, or why there is none. */
function Told({ row, data }: { row: ImportedRow; data: Import }) {
	if (!row.client) {
		return (
			<ul>
				{row.reasons.map((reason) => (
					<li key={`${reason.field}-${reason.message}`}>
						{reason.field && <span class="font-medium">{columnName(data, reason.field)}: </span>}
						{reason.message}
					</li>
				))}
			</ul>
		);
	}
	const like = row.matchedBy && MATCHED[row.matchedBy];
	return (
		<div>
			{row.client.name === null ? (
				<span class="text-ink-3">No longer here</span>
			) : (
				<Link
					href={`/clients/${row.client.id}`}
					className="font-medium text-accent-ink underline-offset-4 hover:underline"
				>
					{row.client.name}
				</Link>
			)}
			{like && <div class="text-ink-3">{row.outcome === "created" ? `Like another: ${like}` : like}</div>}
		</div>
	);
}
