import { Link } from "wouter-preact";
import type { Activity, Alarm, BoundedCount, JobState, Overview } from "@/api";
import { formatBounded, Icon, Load, ROW_LINK, Section, StaleNotice, Time } from "@/ui";
import { tell } from "./activity";
import { Trends } from "./history";
import { useActivity, useOverview } from "./live";
import { QueueTable } from "./queues";
import { jobsHref } from "./search";
import { ALARMING, JOB_WORDS, STATE_ORDER } from "./words";

export function OverviewTab() {
	const query = useOverview();
	return (
		<>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) => (
					<>
						<Alarms alarms={data.alarms} />
						<Rates data={data} />
						<Counts counts={data.counts} />
						<Trends />
						<Section title="Queues">
							<QueueTable queues={data.queues} />
						</Section>
						<Lately />
					</>
				)}
			</Load>
		</>
	);
}

function Alarms({ alarms }: { alarms: Alarm[] }) {
	if (alarms.length === 0) {
		return (
			<p class="mb-4 flex items-center gap-2 rounded-md bg-done-soft px-4 py-2.5 text-done">
				<Icon name="checkCircle" />
				Nothing needs you.
			</p>
		);
	}
	return (
		<div role="alert" class="mb-4">
			<ul aria-label="What to look at" class="grid gap-1.5">
				{alarms.map((alarm) => {
					const href = alarmHref(alarm);
					const look = alarm.severity === "bad" ? "bg-bad-soft text-bad" : "bg-active-soft text-active";
					return (
						<li
							key={alarm.kind + (alarm.subjectId ?? alarm.subject ?? "")}
							class={`relative flex items-start gap-2 rounded-md px-4 py-2.5 ${look}`}
						>
							<Icon name={alarm.severity === "bad" ? "alert" : "pause"} class="mt-0.5 shrink-0" />
							<span class="grow wrap-anywhere">{alarm.text}</span>
							{href && (
								<Link
									href={href}
									className="shrink-0 rounded-sm font-medium underline underline-offset-4 after:absolute after:inset-0 after:content-['']"
								>
									Look<span class="sr-only">: {alarm.text}</span>
								</Link>
							)}
						</li>
					);
				})}
			</ul>
		</div>
	);
}

function alarmHref({ kind, subject, subjectId }: Alarm): string | null {
	switch (kind) {
		case "dead":
		case "quarantined":
		case "parked":
			return jobsHref({ state: kind });
		case "queue_old":
			return jobsHref({ state: "queued", ...(subject ? { queue: subject } : {}) });
		case "schedule_overdue":
			return subject ? `/console/schedules/${encodeURIComponent(subject)}` : "/console/schedules";
		case "audit_broken":
		case "audit_unchecked":
			return "/console/audit";
		case "queue_paused":
			return "/console/queues";
		case "node_gone":
			return subjectId ? `/console/nodes/${subjectId}` : "/console/nodes";
		case "no_node":
			return "/console/nodes";
		default:
			return null;
	}
}

const PER_SECOND = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function Rates({ data: { rates } }: { data: Overview }) {
	const tiles: [string, number, boolean][] = [
		["Came in", rates.asked, false],
		["Done", rates.done, false],
		["Failed", rates.failed, rates.failed > 0],
	];
	return (
		<dl aria-label="Jobs per second over the last minute" class="mb-3 grid grid-cols-3 gap-2">
			{tiles.map(([name, rate, alarming]) => (
				<div key={name} class={`card px-3 py-3 sm:px-4 ${alarming ? "border-bad! bg-bad-soft!" : ""}`}>
					<dt class={alarming ? "text-bad" : "text-ink-2"}>{name}</dt>
					<dd class={`text-xl font-semibold ${alarming ? "text-bad" : rate === 0 ? "text-ink-3" : ""}`}>
						{PER_SECOND.format(rate).replaceAll(",", "\u202f")}
						<span class="text-xs font-normal"> per second</span>
					</dd>
				</div>
			))}
		</dl>
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

const SHOWN = 12;

function Lately() {
	const query = useActivity();
	return (
		<Section title="Lately" lead="Nodes, queues, schedules and batches, and kinds of jobs that died.">
			<StaleNotice query={query} />
			<Load query={query}>
				{(activity) =>
					activity.length === 0 ? (
						<p class="card p-5 text-ink-2">Nothing yet. What happens is told here as it happens.</p>
					) : (
						<ol class="card divide-y divide-line">
							{activity.slice(0, SHOWN).map((entry) => (
								<Entry key={entry.number} entry={entry} />
							))}
						</ol>
					)
				}
			</Load>
		</Section>
	);
}

const TONES = { done: "text-done", active: "text-active", bad: "text-bad", idle: "text-ink-3" };

function Entry({ entry }: { entry: Activity }) {
	const { text, tone, icon, href } = tell(entry);
	return (
		<li class="relative flex flex-wrap items-start gap-x-3 gap-y-0.5 px-4 py-2.5">
			<Icon name={icon} size={14} class={`mt-1 shrink-0 ${TONES[tone]}`} />
			<div class="min-w-0 grow basis-60 wrap-anywhere">
				{href ? (
					<Link href={href} className={ROW_LINK}>
						{text}
					</Link>
				) : (
					text
				)}
				{entry.reason && <span class="text-ink-2"> · {entry.reason}</span>}
			</div>
			<span class="text-ink-3">
				<Time at={entry.at} />
			</span>
		</li>
	);
}
