import { Link } from "wouter-preact";
import type { BoundedCount, JobState, Node, Overview, Schedule } from "@/api";
import {
	type Column,
	formatBounded,
	formatCount,
	Icon,
	Load,
	None,
	Section,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
} from "@/ui";
import { useOverview } from "./live";
import { QueueTable } from "./queues";
import { jobsHref } from "./search";
import { ALARMING, catchUpWords, JOB_WORDS, nodeWords, STATE_ORDER, scheduleInWords } from "./words";

export function OverviewTab() {
	const query = useOverview();
	return (
		<>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) => (
					<>
						{data.redis === "down" && (
							<div role="alert" class="mb-4 flex items-start gap-2 rounded-md bg-bad-soft px-4 py-3 text-bad">
								<Icon name="alert" class="mt-0.5" />
								<p>
									<span class="font-medium">Redis is down.</span> No job is lost: new ones are recorded and run as soon
									as it is back.
								</p>
							</div>
						)}
						<Counts counts={data.counts} />
						<Section title="Queues">
							<QueueTable queues={data.queues} />
						</Section>
						<Section title="Nodes" lead={<Servers data={data} />}>
							{data.nodes.length === 0 ? (
								<div class="card flex items-center gap-2 p-5 text-bad">
									<Icon name="alert" />
									No worker node is running, so no job runs. Start one with ledgerline-workers.
								</div>
							) : (
								<Table
									caption="Nodes"
									columns={NODES}
									rows={data.nodes}
									rowKey={(node) => node.id}
									card={(node) => (
										<div class="grid gap-1">
											<div class="flex items-center justify-between gap-3">
												<span class="font-medium">{node.name}</span>
												<NodeState node={node} />
											</div>
											<div class="text-ink-2">
												{node.host}, pid {node.pid} · {formatCount(node.running)} running ·{" "}
												<Time at={node.beatAt} prefix="seen " />
											</div>
										</div>
									)}
								/>
							)}
						</Section>
						<Section title="Schedules">
							{data.schedules.length === 0 ? (
								<p class="card p-5 text-ink-2">No schedule is set up.</p>
							) : (
								<Table
									caption="Schedules"
									columns={SCHEDULES}
									rows={data.schedules}
									rowKey={(schedule) => schedule.name}
									card={(schedule) => (
										<div class="grid gap-0.5">
											<span class="font-medium">{scheduleInWords(schedule.cron)}</span>
											<span class="text-ink-2 wrap-anywhere">{schedule.name}</span>
											<span class="text-ink-2">
												{schedule.nextSlot ? <Time at={schedule.nextSlot} prefix="next " /> : "no next time"} ·{" "}
												{zone(schedule)}
											</span>
										</div>
									)}
								/>
							)}
						</Section>
					</>
				)}
			</Load>
		</>
	);
}

function Servers({ data }: { data: Overview }) {
	const running = data.nodes.reduce((sum, node) => sum + node.running, 0);
	return (
		<>
			{formatCount(data.nodes.filter((node) => node.state === "running").length)} running, {formatCount(running)}{" "}
			{running === 1 ? "job" : "jobs"} in hand. Redis is {data.redis === "ok" ? "up" : "down"}.
		</>
	);
}

function Counts({ counts }: { counts: Overview["counts"] }) {
	return (
		<ul aria-label="Jobs by state" class="mb-8 grid grid-cols-3 gap-2 lg:grid-cols-20">
			{STATE_ORDER.map((state) => (
				<Count key={state} state={state} count={counts[state]} />
			))}
		</ul>
	);
}

function Count({ state, count }: { state: JobState; count: BoundedCount }) {
	const { label, icon } = JOB_WORDS[state];
	const alarming = ALARMING.includes(state) && count.count > 0;
	return (
		<li
			class={`card relative px-3 py-3 sm:px-4 lg:col-span-4 lg:nth-[-n+4]:col-span-5 ${alarming ? "border-bad! bg-bad-soft!" : "hover:bg-hover"}`}
		>
			<Link
				href={jobsHref({ state })}
				className="flex items-center gap-1.5 text-ink-2 after:absolute after:inset-0 after:rounded-md after:content-['']"
			>
				<Icon name={icon} size={14} class={`max-sm:hidden ${alarming ? "text-bad" : "text-ink-3"}`} />
				<span class={alarming ? "text-bad" : ""}>{label}</span>
			</Link>
			<div class={`text-xl font-semibold ${alarming ? "text-bad" : count.count === 0 ? "text-ink-3" : ""}`}>
				{formatBounded(count)}
			</div>
		</li>
	);
}

function NodeState({ node }: { node: Node }) {
	const { label, tone, icon } = nodeWords(node.state);
	return (
		<StatusBadge tone={tone} icon={icon}>
			{label}
		</StatusBadge>
	);
}

const NODES: Column<Node>[] = [
	{ key: "name", label: "Node", cell: (node) => <span class="font-medium">{node.name}</span> },
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

function zone(schedule: Schedule): string {
	return schedule.timezone.replace(/^Etc\//, "").replaceAll("_", " ");
}

const SCHEDULES: Column<Schedule>[] = [
	{ key: "name", label: "Schedule", cell: (schedule) => <span class="font-medium">{schedule.name}</span> },
	{
		key: "when",
		label: "When",
		cell: (schedule) => (
			<>
				{scheduleInWords(schedule.cron)} <span class="text-ink-3">{zone(schedule)}</span>
			</>
		),
	},
	{
		key: "kind",
		label: "Job",
		class: "text-ink-2",
		cell: (schedule) => <code class="font-mono text-xs">{schedule.kind}</code>,
	},
	{ key: "catchUp", label: "If missed", class: "text-ink-2", cell: (schedule) => catchUpWords(schedule.catchUp) },
	{
		key: "last",
		label: "Last",
		class: "text-ink-2",
		cell: (schedule) => (schedule.lastSlot ? <Time at={schedule.lastSlot} /> : <None />),
	},
	{
		key: "next",
		label: "Next",
		class: "text-ink-2",
		cell: (schedule) => (schedule.nextSlot ? <Time at={schedule.nextSlot} /> : <None />),
	},
];
