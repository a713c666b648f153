import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { api, type JobQuery, type JobRow, type JobState } from "@/api";
import {
	Button,
	type Column,
	EmptyState,
	formatBounded,
	formatCount,
	Load,
	None,
	oneOf,
	Pager,
	ROW_LINK,
	Select,
	StaleNotice,
	StatusBadge,
	Table,
	Tabs,
	Time,
	useUrlState,
} from "@/ui";
import { isTyping } from "./keys";
import { useOverview, usePollInterval } from "./live";
import { ALARMING, JOB_WORDS, STATE_ORDER } from "./words";

const DEFAULTS = { state: "", kind: "", queue: "", workspaceId: "", cursor: "" };

/** Their numbers only grow and tell an operator nothing; the overview has them. */
const ENDED_WELL: readonly JobState[] = ["succeeded", "cancelled"];

export function JobsList() {
	const { state: asked, set, href } = useUrlState(DEFAULTS);
	const url = { ...asked, state: oneOf(asked.state, ["", ...STATE_ORDER], "") };
	const overview = useOverview();
	const kinds = useQuery({ queryKey: ["console", "kinds"], queryFn: api.console.kinds, staleTime: 300_000 });
	const pollInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "jobs", url.state, url.kind, url.queue, url.workspaceId, url.cursor],
		queryFn: ({ signal }) => api.console.jobs(filters(url), signal),
		placeholderData: keepPreviousData,
		// Later pages are history; only the first one is live.
		refetchInterval: url.cursor ? false : pollInterval,
	});
	const jobs = query.data?.jobs ?? [];
	const current = useChosenRow(jobs);
	const counts = overview.data?.counts;
	const filtered = url.kind !== "" || url.queue !== "" || url.workspaceId !== "";

	return (
		<>
			<Tabs
				pills
				label="Jobs by state"
				tabs={[
					{ href: href({ state: "" }), label: "All", current: url.state === "" },
					...STATE_ORDER.map((state) => {
						const count = counts?.[state];
						return {
							href: href({ state }),
							label: JOB_WORDS[state].label,
							current: url.state === state,
							...(count && !ENDED_WELL.includes(state) ? { count: formatBounded(count) } : {}),
							alarming: ALARMING.includes(state) && (count?.count ?? 0) > 0,
						};
					}),
				]}
			/>
			<div class="mb-3 flex flex-wrap items-center gap-2">
				<Select
					aria-label="Kind"
					class="w-auto! max-w-full flex-1 sm:max-w-72 sm:flex-none"
					value={url.kind}
					onValue={(kind) => set({ kind })}
					options={choices(
						"Every kind",
						(kinds.data?.kinds ?? []).map((each) => each.kind),
						url.kind,
					)}
				/>
				<Select
					aria-label="Queue"
					class="w-auto! flex-1 sm:flex-none"
					value={url.queue}
					onValue={(queue) => set({ queue })}
					options={choices(
						"Every queue",
						(overview.data?.queues ?? []).map((each) => each.name),
						url.queue,
					)}
				/>
				{filtered && (
					<Button look="ghost" icon="x" onClick={() => set({ kind: "", queue: "", workspaceId: "" })}>
						Clear filters
					</Button>
				)}
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.jobs.length === 0 ? (
						<EmptyState icon="console" title={filtered ? "No job fits these filters" : "No jobs here"}>
							{url.state !== "" && ALARMING.includes(url.state)
								? "Nothing has failed for good. That is how it should be."
								: "Jobs appear here as soon as they are asked for."}
						</EmptyState>
					) : (
						<>
							<Table
								caption="Jobs"
								columns={COLUMNS}
								rows={data.jobs}
								rowKey={(job) => job.id}
								busy={query.isPlaceholderData}
								current={current}
								card={(job) => <Card job={job} />}
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

/** What is not filtered by is left out. */
function filters({ state, kind, queue, workspaceId, cursor }: typeof DEFAULTS & { state: JobState | "" }): JobQuery {
	return {
		...(state && { state }),
		...(kind && { kind }),
		...(queue && { queue }),
		...(workspaceId && { workspaceId }),
		...(cursor && { cursor }),
	};
}

function choices(all: string, names: string[], chosen: string) {
	const listed = chosen === "" || names.includes(chosen) ? names : [...names, chosen];
	return [{ value: "", label: all }, ...listed.map((name) => ({ value: name, label: name }))];
}

/** j and k move through the rows by id, so a live list that grows does not move the choice; Enter opens it. */
function useChosenRow(jobs: JobRow[]): string | null {
	const [chosen, setChosen] = useState<string | null>(null);
	const [, navigate] = useLocation();
	const latest = useRef({ jobs, chosen });
	latest.current = { jobs, chosen };

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (isTyping(event)) return;
			const { jobs, chosen } = latest.current;
			const at = jobs.findIndex((job) => job.id === chosen);
			if (event.key === "Enter" && at >= 0 && !(event.target as HTMLElement).closest("a, button")) {
				navigate(`/console/jobs/${chosen}`);
				return;
			}
			const step = { j: 1, k: -1 }[event.key];
			if (!step || jobs.length === 0) return;
			event.preventDefault();
			const next = jobs[Math.max(0, Math.min(jobs.length - 1, at < 0 ? 0 : at + step))];
			if (!next) return;
			setChosen(next.id);
			const row = document.querySelector(`[data-row="${CSS.escape(next.id)}"]`);
			row?.scrollIntoView({ block: "nearest" });
			row?.querySelector("a")?.focus({ preventScroll: true });
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, [navigate]);

	return chosen;
}

function kindLink(job: JobRow) {
	return (
		<Link href={`/console/jobs/${job.id}`} className={`${ROW_LINK} block truncate`}>
			{job.kind}
		</Link>
	);
}

export function JobStateBadge({ job }: { job: Pick<JobRow, "state" | "cancelRequested"> }) {
	const { label, tone, icon } = JOB_WORDS[job.state];
	return (
		<StatusBadge tone={tone} icon={icon}>
			{job.cancelRequested && job.state === "running" ? "Cancelling" : label}
		</StatusBadge>
	);
}

function detail(job: JobRow): string {
	if (job.lastError && job.state !== "succeeded") return job.lastError;
	if (job.progress && job.state === "running") {
		const { done, total, note } = job.progress;
		const count = total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
		return note ? `${count}, ${note}` : count;
	}
	return "";
}

const COLUMNS: Column<JobRow>[] = [
	{
		key: "kind",
		label: "Job",
		class: "max-w-96 min-w-56",
		cell: (job) => (
			<div class="grid grid-cols-1">
				{kindLink(job)}
				{detail(job) && (
					<span class={`truncate text-xs ${ALARMING.includes(job.state) ? "text-bad" : "text-ink-3"}`}>
						{detail(job)}
					</span>
				)}
			</div>
		),
	},
	{ key: "state", label: "State", cell: (job) => <JobStateBadge job={job} /> },
	{ key: "queue", label: "Queue", class: "text-ink-2", cell: (job) => job.queue },
	{
		key: "workspace",
		label: "Workspace",
		class: "max-w-40 truncate text-ink-2",
		cell: (job) => job.workspaceName ?? <None />,
	},
	{
		key: "attempt",
		label: "Attempts",
		align: "right",
		class: "text-ink-2",
		cell: (job) => `${job.attempt} of ${job.maxAttempts}`,
	},
	{ key: "age", label: "Asked for", class: "text-ink-2", cell: (job) => <Time at={job.createdAt} /> },
];

function Card({ job }: { job: JobRow }) {
	return (
		<div class="grid grid-cols-1 gap-1">
			<div class="flex items-center justify-between gap-3">
				<div class="min-w-0">{kindLink(job)}</div>
				<JobStateBadge job={job} />
			</div>
			{detail(job) && (
				<div class={`truncate text-xs ${ALARMING.includes(job.state) ? "text-bad" : "text-ink-3"}`}>{detail(job)}</div>
			)}
			<div class="text-ink-2">
				{job.queue} · attempt {job.attempt} of {job.maxAttempts} · <Time at={job.createdAt} />
			</div>
		</div>
	);
}
