import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type BulkAction, type BulkItem, type BulkItemState } from "@/api";
import {
	type Column,
	Load,
	None,
	oneOf,
	Pager,
	ROW_LINK,
	Section,
	StaleNotice,
	StatusBadge,
	Table,
	Tabs,
	Time,
	useUrlState,
} from "@/ui";
import { JOB_WORDS } from "../words";
import { ITEM_STATES, OBSTACLES } from "./words";

const DEFAULTS = { results: "", cursor: "" };
const STATES: readonly BulkItemState[] = ["left", "done", "skipped", "unable"];
const REFRESH_MS = 3_000;

/** Every job with its result. */
export function BulkItems({ bulk }: { bulk: BulkAction }) {
	const { state: url, set, href } = useUrlState(DEFAULTS);
	const state = oneOf(url.results, ["", ...STATES], "");
	const query = useQuery({
		queryKey: ["console", "bulk", bulk.id, "items", state, url.cursor, bulk.state],
		queryFn: () => api.bulk.items(bulk.id, state || undefined, url.cursor || undefined),
		placeholderData: keepPreviousData,
		refetchInterval: bulk.state === "canary" || bulk.state === "running" ? REFRESH_MS : false,
	});
	return (
		<Section title="Jobs">
			<Tabs
				pills
				label="Jobs by result"
				tabs={[
					{ href: href({ results: "" }), label: "All", current: state === "" },
					...STATES.map((each) => ({
						href: href({ results: each }),
						label: ITEM_STATES[each].label,
						current: state === each,
					})),
				]}
			/>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.items.length === 0 ? (
						<p class="card p-5 text-ink-2">No job here.</p>
					) : (
						<>
							<Table
								caption="Jobs of this bulk action"
								columns={bulk.canary ? COLUMNS : COLUMNS.filter(({ key }) => key !== "part")}
								rows={data.items}
								rowKey={(item) => item.jobId}
								busy={query.isPlaceholderData}
								card={(item) => (
									<div class="grid grid-cols-1 gap-1">
										<div class="flex items-center justify-between gap-3">
											<span class="min-w-0">{name(item)}</span>
											<ItemBadge item={item} />
										</div>
										<div class="text-xs text-ink-3 wrap-anywhere">{said(item)}</div>
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
		</Section>
	);
}

function name(item: BulkItem) {
	return (
		<Link href={`/console/jobs/${item.copyId ?? item.jobId}`} className={`${ROW_LINK} block truncate`}>
			{item.kind}
		</Link>
	);
}

function ItemBadge({ item }: { item: BulkItem }) {
	const { label, tone, icon } = ITEM_STATES[item.state];
	return (
		<StatusBadge tone={tone} icon={icon}>
			{label}
		</StatusBadge>
	);
}

/** Why, or what it had failed with. */
function said(item: BulkItem): string {
	if (item.obstacle) return OBSTACLES[item.obstacle];
	return item.note ?? item.error ?? "";
}

const COLUMNS: Column<BulkItem>[] = [
	{
		key: "kind",
		label: "Job",
		class: "max-w-112 min-w-56",
		cell: (item) => (
			<div class="grid grid-cols-1">
				{name(item)}
				<span class="truncate text-xs text-ink-3">{said(item)}</span>
			</div>
		),
	},
	{ key: "state", label: "Result", cell: (item) => <ItemBadge item={item} /> },
	{ key: "part", label: "Part", class: "text-ink-2", cell: (item) => (item.canary ? "Canary" : "Rest") },
	{ key: "was", label: "Was", class: "text-ink-2", cell: (item) => JOB_WORDS[item.was].label },
	{
		key: "workspace",
		label: "Workspace",
		class: "max-w-40 truncate text-ink-2",
		cell: (item) => item.workspaceName ?? <None />,
	},
	{
		key: "acted",
		label: "Acted on",
		class: "text-ink-2",
		cell: (item) => (item.actedAt ? <Time at={item.actedAt} /> : <None />),
	},
];
