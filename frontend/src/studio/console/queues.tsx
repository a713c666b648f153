import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Overview, type Queue } from "@/api";
import {
	Button,
	type Column,
	Confirm,
	EmptyState,
	formatBounded,
	formatCount,
	formatDuration,
	Load,
	None,
	ROW_LINK,
	StaleNotice,
	StatusBadge,
	Table,
	toast,
} from "@/ui";
import { useSession } from "../session";
import { usePollInterval } from "./live";
import { jobsHref } from "./search";

export function Queues() {
	const refetchInterval = usePollInterval();
	const query = useQuery({ queryKey: ["console", "queues"], queryFn: api.console.queues, refetchInterval });
	return (
		<>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ queues }) =>
					queues.length === 0 ? (
						<EmptyState icon="queue" title="No queues">
							Queues appear as soon as a worker node has started.
						</EmptyState>
					) : (
						<QueueTable queues={queues} />
					)
				}
			</Load>
		</>
	);
}

export function QueueTable({ queues }: { queues: Queue[] }) {
	const { operator } = useSession();
	const client = useQueryClient();
	const [asking, setAsking] = useState<Queue | null>(null);

	const adopt = (changed: Queue) => {
		const merge = (all: Queue[]) => all.map((each) => (each.name === changed.name ? changed : each));
		client.setQueryData<{ queues: Queue[] }>(
			["console", "queues"],
			(before) => before && { queues: merge(before.queues) },
		);
		client.setQueryData<Overview>(
			["console", "overview"],
			(before) => before && { ...before, queues: merge(before.queues) },
		);
	};

	const action = (queue: Queue) =>
		operator === "full" && (
			<span class="relative z-10">
				<Button size="sm" icon={queue.paused ? "play" : "pause"} onClick={() => setAsking(queue)}>
					{queue.paused ? "Resume" : "Pause"}
					<span class="sr-only"> {queue.name}</span>
				</Button>
			</span>
		);
	const name = (queue: Queue) => (
		<Link href={jobsHref({ queue: queue.name })} className={ROW_LINK}>
			{queue.name}
		</Link>
	);

	const columns: Column<Queue>[] = [
		{ key: "name", label: "Queue", cell: name },
		{ key: "state", label: "State", cell: (queue) => <QueueState queue={queue} /> },
		{ key: "depth", label: "Waiting", align: "right", cell: (queue) => formatBounded(queue.depth) },
		{ key: "running", label: "Running", align: "right", cell: (queue) => formatCount(queue.running) },
		{
			key: "age",
			label: "Oldest waits",
			align: "right",
			cell: (queue) => (queue.oldestSeconds === null ? <None /> : formatDuration(queue.oldestSeconds)),
		},
		{ key: "rate", label: "Per minute", align: "right", cell: (queue) => formatCount(Math.round(queue.perMinute)) },
		...(operator === "full"
			? [{ key: "actions", label: "Actions", quiet: true, align: "right" as const, class: "w-32", cell: action }]
			: []),
	];

	return (
		<>
			<Table
				caption="Queues"
				columns={columns}
				rows={queues}
				rowKey={(queue) => queue.name}
				card={(queue) => (
					<div class="flex items-center gap-3">
						<div class="min-w-0 grow">
							<div class="mb-1 flex flex-wrap items-center gap-2">
								{name(queue)}
								<QueueState queue={queue} />
							</div>
							<div class="text-ink-2">
								{formatBounded(queue.depth)} waiting · {formatCount(queue.running)} running
								{queue.oldestSeconds !== null && ` · oldest ${formatDuration(queue.oldestSeconds)}`}
							</div>
						</div>
						{action(queue)}
					</div>
				)}
			/>
			{asking && (
				<Confirm
					title={asking.paused ? `Resume ${asking.name}?` : `Pause ${asking.name}?`}
					action={asking.paused ? "Resume queue" : "Pause queue"}
					danger={!asking.paused}
					onClose={() => setAsking(null)}
					run={async () => {
						const act = asking.paused ? api.console.resume : api.console.pause;
						adopt(await act(asking.name));
						toast(asking.paused ? `${asking.name} runs again.` : `${asking.name} is paused.`);
					}}
				>
					{asking.paused ? (
						<p>{formatBounded(asking.depth)} waiting jobs start to run.</p>
					) : (
						<p>
							{formatBounded(asking.depth)} waiting jobs stay where they are, and new ones join them.{" "}
							{formatCount(asking.running)} running now will finish.
						</p>
					)}
				</Confirm>
			)}
		</>
	);
}

function QueueState({ queue }: { queue: Queue }) {
	if (!queue.paused) {
		return (
			<StatusBadge tone="done" icon="play">
				Open
			</StatusBadge>
		);
	}
	return (
		<StatusBadge tone="active" icon="pause">
			{queue.pausedBy ? `Paused by ${queue.pausedBy}` : "Paused"}
		</StatusBadge>
	);
}
