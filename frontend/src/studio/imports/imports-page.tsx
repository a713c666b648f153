import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Import } from "@/api";
import {
	ButtonLink,
	type Column,
	EmptyState,
	formatCount,
	Load,
	None,
	Page,
	Pager,
	plural,
	ROW_LINK,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
	useUrlState,
} from "@/ui";
import { badgeWords, isOver } from "./words";

const DEFAULTS = { cursor: "" };
const REFRESH_WHILE_RUNNING_MS = 3_000;

export function ImportsPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const query = useQuery({
		queryKey: ["imports", "list", state.cursor],
		queryFn: () => api.imports.list(state.cursor || undefined),
		placeholderData: keepPreviousData,
		refetchInterval: ({ state: { data } }) =>
			data?.imports.some((each) => !isOver(each.state) && each.state !== "uploaded") ? REFRESH_WHILE_RUNNING_MS : false,
	});
	const start = (
		<ButtonLink href="/imports/new" look="primary" icon="plus">
			New import
		</ButtonLink>
	);
	return (
		<Page
			title="Imports"
			lead="Clients from CSV files. An import runs in the background, so you can leave the page."
			actions={start}
		>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.imports.length === 0 ? (
						<EmptyState icon="imports" title="No imports yet" actions={start}>
							Bring your clients from another tool: save them there as a CSV file and import it here.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Imports"
								columns={COLUMNS}
								rows={data.imports}
								rowKey={(row) => row.id}
								card={(row) => (
									<div class="grid grid-cols-1 gap-1.5">
										<div class="flex items-center justify-between gap-3">
											<Link href={`/imports/${row.id}`} className={`${ROW_LINK} min-w-0 truncate`}>
												{row.filename}
											</Link>
											<State row={row} />
										</div>
										<div class="text-ink-2">
											{row.totalRows === null ? "" : `${plural(row.totalRows, "row")} · `}
											{row.startedAt ? `${plural(row.rejected, "rejected", "rejected")} · ` : ""}
											<Time at={row.createdAt} />
										</div>
									</div>
								)}
							/>
							<Pager
								cursor={state.cursor}
								nextCursor={data.nextCursor}
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

const COLUMNS: Column<Import>[] = [
	{
		key: "file",
		label: "File",
		class: "max-w-72",
		cell: (row) => (
			<Link href={`/imports/${row.id}`} className={`${ROW_LINK} block truncate`}>
				{row.filename}
			</Link>
		),
	},
	{ key: "state", label: "State", cell: (row) => <State row={row} /> },
	{
		key: "rows",
		label: "Rows",
		align: "right",
		cell: (row) => (row.totalRows === null ? <None /> : formatCount(row.totalRows)),
	},
	{ key: "created", label: "Created", align: "right", cell: (row) => <Amount row={row} count={row.created} /> },
	{ key: "updated", label: "Updated", align: "right", cell: (row) => <Amount row={row} count={row.updated} /> },
	{
		key: "rejected",
		label: "Rejected",
		align: "right",
		cell: (row) =>
			row.rejected > 0 ? (
				<span class="font-medium text-bad">{formatCount(row.rejected)}</span>
			) : (
				<Amount row={row} count={0} />
			),
	},
	{
		key: "by",
		label: "By",
		class: "max-w-40 truncate text-ink-2",
		cell: (row) => row.createdBy?.name ?? <None />,
	},
	{ key: "at", label: "Uploaded", class: "text-ink-2", cell: (row) => <Time at={row.createdAt} /> },
];

/** Of a file that waits for its start nothing is known yet, which is not none. */
function Amount({ row, count }: { row: Import; count: number }) {
	return row.startedAt ? formatCount(count) : <None />;
}

function State({ row }: { row: Import }) {
	const { label, tone, icon } = badgeWords(row);
	const percent =
		row.state === "running" && row.totalRows ? ` ${Math.floor((row.processedRows / row.totalRows) * 100)} %` : "";
	return (
		<StatusBadge tone={tone} icon={icon}>
			{label}
			{percent}
		</StatusBadge>
	);
}
