import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type BulkActionRow, type BulkState } from "@/api";
import {
	type Column,
	EmptyState,
	Load,
	Pager,
	ROW_LINK,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
	useUrlState,
} from "@/ui";
import { BULK_STATES, bulkTitle } from "./words";

const DEFAULTS = { cursor: "" };
const REFRESH_MS = 5_000;

export function BulkList() {
	const { state: url, set } = useUrlState(DEFAULTS);
	const query = useQuery({
		queryKey: ["console", "bulk", "list", url.cursor],
		queryFn: () => api.bulk.list(url.cursor || undefined),
		placeholderData: keepPreviousData,
		refetchInterval: url.cursor ? false : REFRESH_MS,
	});
	return (
		<>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.bulkActions.length === 0 ? (
						<EmptyState icon="queue" title="No bulk actions yet">
							Choose jobs in the list of jobs, or all that match a search, and retry, cancel or delete them together.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Bulk actions"
								columns={COLUMNS}
								rows={data.bulkActions}
								rowKey={(bulk) => bulk.id}
								busy={query.isPlaceholderData}
								card={(bulk) => (
									<div class="grid grid-cols-1 gap-1">
										<div class="flex items-center justify-between gap-3">
											{name(bulk)}
											<BulkBadge state={bulk.state} />
										</div>
										{bulk.search && <code class="truncate font-mono text-xs text-ink-3">{bulk.search}</code>}
										<div class="text-ink-2">
											{bulk.createdBy} · <Time at={bulk.createdAt} />
										</div>
									</div>
								)}
							/>
							<Pager
								cursor={url.cursor}
								nextCursor={data.nextCursor}
								busy={query.isPlaceholderData}
								onMove={(cursor) => set({ cursor })}
							/>
						</>
					)
				}
			</Load>
		</>
	);
}

export function BulkBadge({ state }: { state: BulkState }) {
	const { label, tone, icon } = BULK_STATES[state];
	return (
		<StatusBadge tone={tone} icon={icon}>
			{label}
		</StatusBadge>
	);
}

function name(bulk: BulkActionRow) {
	return (
		<Link href={`/console/bulk/${bulk.id}`} className={ROW_LINK}>
			{bulkTitle(bulk.verb, bulk.able)}
		</Link>
	);
}

const COLUMNS: Column<BulkActionRow>[] = [
	{ key: "what", label: "What", cell: name },
	{ key: "state", label: "State", cell: (bulk) => <BulkBadge state={bulk.state} /> },
	{
		key: "search",
		label: "Chosen by",
		class: "max-w-80 truncate text-ink-2",
		cell: (bulk) => (bulk.search ? <code class="font-mono text-xs">{bulk.search}</code> : "ticked rows"),
	},
	{ key: "who", label: "Who", class: "text-ink-2", cell: (bulk) => bulk.createdBy },
	{ key: "when", label: "When", class: "text-ink-2", cell: (bulk) => <Time at={bulk.createdAt} /> },
];
