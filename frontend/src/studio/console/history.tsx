import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type FailingKind, type History, type HistoryRange, type HistoryStep } from "@/api";
import {
	Chart,
	type Column,
	formatBounded,
	formatCount,
	formatDuration,
	Load,
	None,
	oneOf,
	plural,
	ROW_LINK,
	Section,
	type Series,
	StaleNotice,
	Table,
	Tabs,
	Time,
	useUrlState,
} from "@/ui";
import { jobsHref } from "./search";

const EVERY_MS = 15_000;

export function useHistory(range: HistoryRange) {
	return useQuery({
		queryKey: ["console", "history", range],
		queryFn: () => api.console.history(range),
		placeholderData: keepPreviousData,
		refetchInterval: EVERY_MS,
	});
}

const RANGES: { range: HistoryRange; label: string; words: string }[] = [
	{ range: "hour", label: "Last hour", words: "the last hour" },
	{ range: "day", label: "24 hours", words: "the last 24 hours" },
	{ range: "week", label: "7 days", words: "the last 7 days" },
];

/** Failing kinds, then charts, over a range that the address keeps. */
export function Trends() {
	const { state, href } = useUrlState({ range: "hour" });
	const range = oneOf(state.range, ["hour", "day", "week"] as const, "hour");
	const query = useHistory(range);
	const words = RANGES.find((each) => each.range === range)?.words ?? "";
	return (
		<>
			<Tabs
				pills
				label="How far back"
				tabs={RANGES.map((each) => ({
					href: href({ range: each.range }),
					label: each.label,
					current: each.range === range,
				}))}
			/>
			<StaleNotice query={query} />
			<Load query={query}>
				{(history) => (
					<div class={query.isPlaceholderData ? "opacity-60" : ""}>
						<Section
							title="Failing kinds"
							lead={`What failed in ${words}, and what is dead or quarantined, since whenever.`}
						>
							<Failing kinds={history.failing} />
						</Section>
						<Section title="How it goes">
							<Charts history={history} words={words} />
						</Section>
					</div>
				)}
			</Load>
		</>
	);
}

function Failing({ kinds }: { kinds: FailingKind[] }) {
	if (kinds.length === 0) return <p class="card p-5 text-ink-2">Nothing failed, and nothing is dead.</p>;
	return (
		<Table
			caption="Failing kinds"
			columns={FAILING}
			rows={kinds}
			rowKey={(kind) => kind.kind}
			card={(kind) => (
				<div class="grid gap-1">
					<KindLink kind={kind} />
					<div class="text-ink-2">
						{plural(kind.failed, "attempt")} failed · {formatBounded(kind.deadNow)} dead
						{kind.lastErrorAt && (
							<>
								{" "}
								· <Time at={kind.lastErrorAt} />
							</>
						)}
					</div>
					{kind.lastError && <div class="line-clamp-2 text-bad wrap-anywhere">{kind.lastError}</div>}
				</div>
			)}
		/>
	);
}

/** To the dead and quarantined ones, which are counted together, where there are any, else to all of the kind. */
function KindLink({ kind }: { kind: FailingKind }) {
	const href = jobsHref(
		kind.deadNow.count > 0 ? { state: ["dead", "quarantined"], kind: kind.kind } : { kind: kind.kind },
	);
	return (
		<Link href={href} className={ROW_LINK}>
			{kind.kind}
		</Link>
	);
}

const FAILING: Column<FailingKind>[] = [
	{ key: "kind", label: "Kind", cell: (kind) => <KindLink kind={kind} /> },
	{
		key: "dead",
		label: "Dead now",
		align: "right",
		cell: (kind) => (
			<span class={kind.deadNow.count > 0 ? "font-medium text-bad" : "text-ink-3"}>{formatBounded(kind.deadNow)}</span>
		),
	},
	{ key: "failed", label: "Attempts failed", align: "right", cell: (kind) => formatCount(kind.failed) },
	{ key: "ok", label: "Went well", align: "right", class: "text-ink-2", cell: (kind) => formatCount(kind.succeeded) },
	{
		key: "error",
		label: "Latest error",
		class: "w-1/2",
		cell: (kind) => (kind.lastError ? <span class="line-clamp-1 wrap-anywhere">{kind.lastError}</span> : <None />),
	},
	{
		key: "at",
		label: "When",
		class: "text-ink-2",
		cell: (kind) => (kind.lastErrorAt ? <Time at={kind.lastErrorAt} /> : <None />),
	},
];

function Charts({ history, words }: { history: History; words: string }) {
	const { total, steps, stepSeconds } = history;
	const times = useMemo(() => {
		const since = Date.parse(history.since) / 1000;
		return steps.map((_, at) => since + at * stepSeconds);
	}, [history.since, steps, stepSeconds]);
	const series = useMemo(() => lines(history), [history]);
	const latest = (pick: (step: HistoryStep) => number) => pick(steps.at(-1) ?? total);
	const none = `Nothing ran in ${words}.`;
	const speed = (times: HistoryStep["wait"]) =>
		times.p50 === null
			? none
			: `Half within ${seconds(times.p50)}, 95 % within ${seconds(times.p95)}, 99 % within ${seconds(times.p99)}.`;
	return (
		<div class="grid grid-cols-1 gap-3 lg:grid-cols-2">
			<Chart
				title="Jobs per second"
				summary={`${formatCount(total.asked)} came into the queues, ${formatCount(total.succeeded)} done, ${plural(total.failed, "attempt")} failed in ${words}.`}
				times={times}
				series={series.rates}
				format={perSecond}
			/>
			<Chart
				title="Jobs that wait"
				summary={
					total.depth === 0
						? `Nothing waited in ${words}.`
						: `${formatCount(total.depth)} at most in ${words}, ${formatCount(latest((step) => step.depth))} lately.`
				}
				times={times}
				series={series.depth}
				format={(value) => formatCount(Math.round(value))}
			/>
			<Chart
				title="Waiting time"
				summary={speed(total.wait)}
				times={times}
				series={series.wait}
				format={(value) => formatDuration(value)}
			/>
			<Chart
				title="Run time"
				summary={speed(total.run)}
				times={times}
				series={series.run}
				format={(value) => formatDuration(value)}
			/>
		</div>
	);
}

function seconds(value: number | null): string {
	return value === null ? "–" : formatDuration(value);
}

function perSecond(value: number): string {
	if (value === 0) return "0";
	return value < 10 ? value.toPrecision(2) : formatCount(Math.round(value));
}

function lines({ steps, stepSeconds }: History): Record<"rates" | "depth" | "wait" | "run", Series[]> {
	const rate = (pick: (step: HistoryStep) => number) => steps.map((step) => pick(step) / stepSeconds);
	const speeds = (of: "wait" | "run"): Series[] => [
		{ label: "half", values: steps.map((step) => step[of].p50), color: "--done" },
		{ label: "95 %", values: steps.map((step) => step[of].p95), color: "--accent-ink", dash: [6, 3] },
		{ label: "99 %", values: steps.map((step) => step[of].p99), color: "--active", dash: [2, 3] },
	];
	return {
		rates: [
			{ label: "came in", values: rate((step) => step.asked), color: "--ink-3", dash: [6, 3] },
			{ label: "done", values: rate((step) => step.succeeded), color: "--accent-ink", fill: true },
			{ label: "failed", values: rate((step) => step.failed), color: "--bad", dash: [2, 3] },
		],
		depth: [{ label: "due jobs", values: steps.map((step) => step.depth), color: "--accent-ink", fill: true }],
		wait: speeds("wait"),
		run: speeds("run"),
	};
}
