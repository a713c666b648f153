import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Merge, type MergeState } from "@/api";
import {
	type Column,
	EmptyState,
	formatBounded,
	Load,
	oneOf,
	Page,
	Pager,
	ROW_LINK,
	StaleNotice,
	Table,
	Tabs,
	Time,
	useUrlState,
} from "@/ui";
import { REASONS } from "./words";

const DEFAULTS = { state: "suggested", cursor: "", importId: "" };
const STATES: { value: MergeState; label: string; empty: string }[] = [
	{ value: "suggested", label: "To decide", empty: "No clients look alike" },
	{ value: "merged", label: "Merged", empty: "Nothing is merged" },
	{ value: "ignored", label: "Ignored", empty: "Nothing is ignored" },
	{ value: "undone", label: "Undone", empty: "No merge was undone" },
];

export function MergesPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const shown = oneOf(
		state.state,
		STATES.map((each) => each.value),
		"suggested",
	);
	const query = useQuery({
		queryKey: ["merges", "list", shown, state.importId, state.cursor],
		queryFn: () =>
			api.merges.list({
				state: shown,
				...(state.importId ? { importId: state.importId } : {}),
				...(state.cursor ? { cursor: state.cursor } : {}),
			}),
		placeholderData: keepPreviousData,
	});
	const of = state.importId ? `&importId=${encodeURIComponent(state.importId)}` : "";
	return (
		<Page
			title="Possible duplicates"
			back={
				state.importId
					? { href: `/imports/${state.importId}`, label: "Import" }
					: { href: "/clients", label: "Clients" }
			}
			lead="Two clients who may be one. Merge them, or say that they are two. A merge can be undone."
		>
			<Tabs
				label="Where merges are"
				tabs={STATES.map(({ value, label }) => ({
					href: `/merges?state=${value}${of}`,
					label,
					current: value === shown,
					...(value === shown && query.data ? { count: formatBounded(query.data.total) } : {}),
				}))}
			/>
			<StaleNotice query={query} />
			<Load query={query}>
				{(page) =>
					page.merges.length === 0 ? (
						<EmptyState icon="clients" title={STATES.find((each) => each.value === shown)?.empty ?? ""}>
							Imports suggest merges of clients who share a phone number, or name and company.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Pairs of clients"
								columns={COLUMNS}
								rows={page.merges}
								rowKey={(row) => row.id}
								busy={query.isPlaceholderData}
								card={(row) => (
									<div class="grid gap-0.5">
										<Pair row={row} />
										<div class="text-ink-2">
											{REASONS[row.reason]} · <Time at={row.createdAt} />
										</div>
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
		</Page>
	);
}

const COLUMNS: Column<Merge>[] = [
	{ key: "pair", label: "Clients", cell: (row) => <Pair row={row} /> },
	{ key: "why", label: "Why", class: "text-ink-2", cell: (row) => REASONS[row.reason] },
	{ key: "at", label: "Since", class: "text-ink-2", cell: (row) => <Time at={row.decidedAt ?? row.createdAt} /> },
];

function Pair({ row }: { row: Merge }) {
	return (
		<Link href={`/merges/${row.id}`} className={`${ROW_LINK} wrap-anywhere`}>
			{row.client.name} and {row.other.name}
		</Link>
	);
}
