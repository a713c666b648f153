import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type Import, type RejectedRow } from "@/api";
import { type Column, formatCount, Load, None, Pager, Table, useUrlState } from "@/ui";
import { columnName, columnsToShow } from "./words";

const DEFAULTS = { cursor: "" };

export function Rejects({ data }: { data: Import }) {
	const { state, set } = useUrlState(DEFAULTS);
	const query = useQuery({
		queryKey: ["imports", "rejects", data.id, state.cursor],
		queryFn: () => api.imports.rejects(data.id, state.cursor || undefined),
		placeholderData: keepPreviousData,
	});
	const columns = (rows: RejectedRow[]): Column<RejectedRow>[] => [
		{ key: "row", label: "Row", class: "w-20 text-ink-2", cell: (row) => formatCount(row.rowNumber) },
		{ key: "why", label: "Why", class: "min-w-72", cell: (row) => <Reasons row={row} data={data} /> },
		...columnsToShow(data, rows).map((column) => ({
			key: `column-${column.index}`,
			label: column.name,
			class: "max-w-48 truncate text-ink-2",
			cell: (row: RejectedRow) => row.columns[column.index] || <None />,
		})),
	];
	return (
		<Load query={query}>
			{(page) => (
				<>
					<Table
						caption="Rejected rows"
						columns={columns(page.rejects)}
						rows={page.rejects}
						rowKey={(row) => String(row.rowNumber)}
						busy={query.isPlaceholderData}
						card={(row) => (
							<div class="grid grid-cols-1 gap-1">
								<div class="text-xs text-ink-3">Row {formatCount(row.rowNumber)}</div>
								<Reasons row={row} data={data} />
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
			)}
		</Load>
	);
}

function Reasons({ row, data }: { row: RejectedRow; data: Import }) {
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
