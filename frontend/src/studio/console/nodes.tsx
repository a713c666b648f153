import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Node } from "@/api";
import {
	Checkbox,
	type Column,
	EmptyState,
	formatCount,
	Load,
	Pager,
	plural,
	ROW_LINK,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
	useUrlState,
} from "@/ui";
import { usePollInterval } from "./live";
import { useChosenRow } from "./use-chosen-row";
import { nodeWords } from "./words";

export function Nodes() {
	const { state: url, set } = useUrlState({ gone: "", cursor: "" });
	const gone = url.gone === "yes";
	const refetchInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "nodes", gone, url.cursor],
		queryFn: () => api.console.nodes(gone, url.cursor || undefined),
		placeholderData: keepPreviousData,
		refetchInterval,
	});
	const current = useChosenRow(
		(query.data?.nodes ?? []).map(({ id }) => id),
		(id) => `/console/nodes/${id}`,
	);
	return (
		<>
			<div class="mb-3">
				<Checkbox
					label="Also those that went more than 15 minutes ago"
					checked={gone}
					onChecked={(checked) => set({ gone: checked ? "yes" : "" })}
				/>
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ nodes, nextCursor }) =>
					nodes.length === 0 ? (
						<EmptyState icon="alert" title="No worker node is running">
							So no job runs. Start one with ledgerline-workers.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Nodes"
								columns={COLUMNS}
								rows={nodes}
								rowKey={(node) => node.id}
								current={current}
								busy={query.isPlaceholderData}
								card={(node) => (
									<div class="grid gap-1">
										<div class="flex flex-wrap items-center justify-between gap-2">
											<NodeLink node={node} />
											<NodeState node={node} />
										</div>
										<div class="text-ink-2">
											{node.host}, pid {node.pid} · {plural(node.running, "job")} in hand ·{" "}
											<Time at={node.beatAt} prefix="seen " />
										</div>
									</div>
								)}
							/>
							<Pager
								cursor={url.cursor}
								nextCursor={nextCursor}
								onMove={(cursor) => set({ cursor })}
								busy={query.isFetching}
							/>
						</>
					)
				}
			</Load>
		</>
	);
}

export function NodeState({ node }: { node: Node }) {
	const { label, tone, icon } = nodeWords(node);
	return (
		<StatusBadge tone={tone} icon={icon}>
			{label}
		</StatusBadge>
	);
}

function NodeLink({ node }: { node: Node }) {
	return (
		<Link href={`/console/nodes/${node.id}`} className={ROW_LINK}>
			{node.name}
		</Link>
	);
}

const COLUMNS: Column<Node>[] = [
	{ key: "name", label: "Node", cell: (node) => <NodeLink node={node} /> },
	{ key: "state", label: "State", cell: (node) => <NodeState node={node} /> },
	{
		key: "host",
		label: "Host",
		class: "text-ink-2",
		cell: (node) => (
			<>
				{node.host}, pid {node.pid}
			</>
		),
	},
	{ key: "version", label: "Version", class: "text-ink-2", cell: (node) => node.version },
	{ key: "running", label: "In hand", align: "right", cell: (node) => formatCount(node.running) },
	{ key: "started", label: "Started", class: "text-ink-2", cell: (node) => <Time at={node.startedAt} /> },
	{ key: "beat", label: "Last seen", class: "text-ink-2", cell: (node) => <Time at={node.beatAt} /> },
];
