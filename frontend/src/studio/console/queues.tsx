import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Queue, type QueueHistory } from "@/api";
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
	plural,
	ROW_LINK,
	Section,
	Sparkline,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
	toast,
} from "@/ui";
import { useSession } from "../session";
import { Acts, PAUSED, ReasonDialog } from "./acting";
import { useHistory } from "./history";
import { useAdoptQueue, useQueues } from "./live";
import { jobsHref } from "./search";
import { priorityWords } from "./words";

export function Queues() {
	const query = useQueues();
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
						<>
							<div class="mb-3 empty:hidden">
								<Acts>{null}</Acts>
							</div>
							<div class="mb-8">
								<QueueTable queues={queues} />
							</div>
							<Section title="By priority" lead="Within a queue, what is more urgent goes first.">
								<Lines queues={queues} />
							</Section>
						</>
					)
				}
			</Load>
		</>
	);
}

export function QueueTable({ queues }: { queues: Queue[] }) {
	const { operator } = useSession();
	const adopt = useAdoptQueue();
	const [asking, setAsking] = useState<Queue | null>(null);
	const history = useHistory("hour").data;

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
	const trend = (queue: Queue) => <Trend history={history?.queues.find((each) => each.name === queue.name)} />;

	const columns: Column<Queue>[] = [
		{ key: "name", label: "Queue", cell: name },
		{ key: "state", label: "State", cell: (queue) => <QueueState queue={queue} /> },
		{ key: "depth", label: "Waiting", align: "right", cell: (queue) => formatBounded(queue.depth) },
		{
			key: "window",
			label: "In Redis",
			align: "right",
			class: "text-ink-2",
			cell: (queue) => <Window queue={queue} />,
		},
		{ key: "running", label: "Running", align: "right", cell: (queue) => formatCount(queue.running) },
		{
			key: "age",
			label: "Oldest",
			align: "right",
			class: "whitespace-nowrap",
			cell: (queue) => (queue.oldestSeconds === null ? <None /> : formatDuration(queue.oldestSeconds)),
		},
		{ key: "rate", label: "A minute", align: "right", cell: (queue) => formatCount(Math.round(queue.perMinute)) },
		{ key: "trend", label: "Last hour", cell: trend },
		...(operator === "full"
			? [{ key: "actions", label: "Actions", quiet: true, align: "right" as const, cell: action }]
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
					<div class="grid gap-1.5">
						<div class="flex items-start gap-3">
							<div class="flex min-w-0 grow flex-wrap items-center gap-2">
								{name(queue)}
								<QueueState queue={queue} />
							</div>
							{action(queue)}
						</div>
						<div class="flex items-end justify-between gap-3">
							<div class="text-ink-2">
								{formatBounded(queue.depth)} waiting
								{queue.window !== null && queue.window > 0 && ` (${formatCount(queue.window)} in Redis)`} ·{" "}
								{formatCount(queue.running)} running · {formatCount(Math.round(queue.perMinute))} a minute
								{queue.oldestSeconds !== null && ` · oldest ${formatDuration(queue.oldestSeconds)}`}
							</div>
							{trend(queue)}
						</div>
					</div>
				)}
			/>
			{asking && !asking.paused && (
				<ReasonDialog
					reason={PAUSED}
					title={`Pause ${asking.name}?`}
					action="Pause queue"
					onClose={() => setAsking(null)}
					run={async (reason) => {
						adopt(await api.console.pause(asking.name, reason));
						toast(`${asking.name} is paused.`);
					}}
				>
					<p>
						{formatBounded(asking.depth)} waiting jobs stay where they are, and new ones join them.{" "}
						{formatCount(asking.running)} running now will finish.
					</p>
				</ReasonDialog>
			)}
			{asking?.paused && (
				<Confirm
					title={`Resume ${asking.name}?`}
					action="Resume queue"
					onClose={() => setAsking(null)}
					run={async () => {
						adopt(await api.console.resume(asking.name));
						toast(`${asking.name} runs again.`);
					}}
				>
					<p>{formatBounded(asking.depth)} waiting jobs start to run.</p>
					{asking.pausedReason && <p>It was paused because: {asking.pausedReason}</p>}
				</Confirm>
			)}
		</>
	);
}

function Window({ queue }: { queue: Queue }) {
	if (queue.window === null) return <span title="Redis does not answer">unknown</span>;
	return <>{formatCount(queue.window)}</>;
}

function Trend({ history }: { history: QueueHistory | undefined }) {
	if (!history) return <None />;
	const ended = history.ended.reduce((sum, each) => sum + each, 0);
	return <Sparkline values={history.ended} label={`${plural(ended, "attempt")} ended in the last hour`} />;
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
		<span class="inline-grid justify-items-start gap-0.5 py-0.5">
			<StatusBadge tone="active" icon="pause">
				Paused
			</StatusBadge>
			{queue.pausedReason && <span class="max-w-44 text-xs text-ink-2 wrap-anywhere">{queue.pausedReason}</span>}
			{(queue.pausedBy || queue.pausedAt) && (
				<span class="max-w-44 text-xs text-ink-3 wrap-anywhere">
					{queue.pausedBy && `by ${queue.pausedBy}`} {queue.pausedAt && <Time at={queue.pausedAt} />}
				</span>
			)}
		</span>
	);
}

type Line = Queue["priorities"][number] & { queue: string };

function Lines({ queues }: { queues: Queue[] }) {
	const lines: Line[] = queues.flatMap((queue) => queue.priorities.map((line) => ({ ...line, queue: queue.name })));
	if (lines.length === 0) return <p class="card p-5 text-ink-2">No job waits or runs.</p>;
	return (
		<Table
			caption="Queues by priority"
			columns={LINES}
			rows={lines}
			rowKey={(line) => `${line.queue} ${line.priority}`}
			card={(line) => (
				<div class="grid gap-0.5">
					<span>
						<span class="font-medium">{line.queue}</span>, {priorityWords(line.priority).toLowerCase()}
					</span>
					<span class="text-ink-2">
						{formatBounded(line.depth)} waiting · {formatCount(line.running)} running · {formatBounded(line.scheduled)}{" "}
						scheduled
						{line.oldestSeconds !== null && ` · oldest ${formatDuration(line.oldestSeconds)}`}
					</span>
				</div>
			)}
		/>
	);
}

const LINES: Column<Line>[] = [
	{ key: "queue", label: "Queue", cell: (line) => line.queue },
	{ key: "priority", label: "Priority", cell: (line) => priorityWords(line.priority) },
	{ key: "depth", label: "Waiting", align: "right", cell: (line) => formatBounded(line.depth) },
	{ key: "running", label: "Running", align: "right", cell: (line) => formatCount(line.running) },
	{ key: "scheduled", label: "Scheduled", align: "right", cell: (line) => formatBounded(line.scheduled) },
	{
		key: "age",
		label: "Oldest waits",
		align: "right",
		cell: (line) => (line.oldestSeconds === null ? <None /> : formatDuration(line.oldestSeconds)),
	},
];
