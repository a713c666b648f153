import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Schedule, type ScheduleEntry } from "@/api";
import {
	Button,
	type Column,
	Confirm,
	exactTime,
	Facts,
	Load,
	None,
	Page,
	Pager,
	plural,
	ROW_LINK,
	Section,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
	toast,
	useUrlState,
} from "@/ui";
import { Acts, PAUSED, ReasonDialog } from "./acting";
import { LiveBadge } from "./badge";
import { EVERY_MS, ScheduleState } from "./schedules";
import { catchUpWords, JOB_WORDS, scheduleOutcomeWords, whenInWords } from "./words";

export function SchedulePage({ name }: { name: string }) {
	const query = useQuery({
		queryKey: ["console", "schedule", name],
		queryFn: () => api.console.schedule(name),
		refetchInterval: EVERY_MS,
	});
	const schedule = query.data;
	return (
		<Page
			title={name}
			back={{ href: "/console/schedules", label: "Schedules" }}
			lead={schedule && whenInWords(schedule)}
			badge={
				<>
					{schedule && <ScheduleState schedule={schedule} />}
					<LiveBadge />
				</>
			}
			actions={schedule && <Actions schedule={schedule} />}
		>
			<StaleNotice query={query} />
			<Load query={query} whyGone="No schedule of this name is set up any more.">
				{(data) => (
					<>
						<Section title="About">
							<div class="card p-5">
								<Facts
									class="sm:grid-cols-2 lg:grid-cols-4"
									facts={[
										[
											"Job",
											<code key="kind" class="font-mono text-xs">
												{data.kind}
											</code>,
										],
										[
											"Cron expression",
											<code key="cron" class="font-mono text-xs">
												{data.cron}
											</code>,
										],
										["If a time is missed", catchUpWords(data.catchUp)],
										[
											"Starts",
											data.jitterSeconds > 0
												? `up to ${plural(data.jitterSeconds, "second")} after its time`
												: "at its time",
										],
										...(data.overdue
											? [
													[
														"Overdue",
														<>
															since <Time at={data.overdue} />: no node has dealt with it
														</>,
													] as [string, ComponentChildren],
												]
											: []),
										...(data.pausedReason ? [["Paused because", data.pausedReason] as [string, string]] : []),
									]}
								/>
							</div>
						</Section>
						<Section
							title="Next five"
							lead={
								data.paused
									? "In your time zone. While it is paused these pass, and are not made up for."
									: "In your time zone."
							}
						>
							{data.nextSlots.length === 0 ? (
								<p class="card p-5 text-ink-2">There is no next time.</p>
							) : (
								<ol class="card divide-y divide-line">
									{data.nextSlots.map((at) => (
										<li key={at} class="flex flex-wrap justify-between gap-x-4 px-4 py-2.5">
											<span>{exactTime(new Date(at))}</span>
											<span class="text-ink-2">
												<Time at={at} />
											</span>
										</li>
									))}
								</ol>
							)}
						</Section>
						<Section title="History" lead="Every due time and what became of it, and runs by hand.">
							<HistoryTable name={name} />
						</Section>
					</>
				)}
			</Load>
		</Page>
	);
}

function HistoryTable({ name }: { name: string }) {
	const { state: url, set } = useUrlState({ cursor: "" });
	const query = useQuery({
		queryKey: ["console", "schedule", name, "history", url.cursor],
		queryFn: () => api.console.scheduleHistory(name, url.cursor || undefined),
		placeholderData: keepPreviousData,
		refetchInterval: url.cursor ? false : EVERY_MS,
	});
	return (
		<>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ entries, nextCursor }) =>
					entries.length === 0 ? (
						<p class="card p-5 text-ink-2">It has not been due yet.</p>
					) : (
						<>
							<Table
								caption="History"
								columns={HISTORY}
								rows={entries}
								rowKey={(entry) => `${entry.at} ${entry.outcome}`}
								busy={query.isPlaceholderData}
								card={(entry) => (
									<div class="grid gap-1">
										<div class="flex flex-wrap items-center justify-between gap-2">
											<Time at={entry.at} />
											<Outcome entry={entry} />
										</div>
										<EntryJob entry={entry} />
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

function Outcome({ entry }: { entry: ScheduleEntry }) {
	const { label, tone, icon } = scheduleOutcomeWords(entry.outcome);
	return (
		<StatusBadge tone={tone} icon={icon}>
			{entry.by ? `${label} by ${entry.by}` : label}
		</StatusBadge>
	);
}

function EntryJob({ entry }: { entry: ScheduleEntry }) {
	if (!entry.jobId) return <None />;
	if (!entry.job) return <span class="text-ink-3">its job ended more than 30 days ago</span>;
	return (
		<Link href={`/console/jobs/${entry.jobId}`} className={ROW_LINK}>
			{JOB_WORDS[entry.job.state].label}
		</Link>
	);
}

const HISTORY: Column<ScheduleEntry>[] = [
	{ key: "at", label: "Due", cell: (entry) => exactTime(new Date(entry.at)) },
	{ key: "outcome", label: "What became of it", cell: (entry) => <Outcome entry={entry} /> },
	{ key: "decided", label: "Decided", class: "text-ink-2", cell: (entry) => <Time at={entry.decidedAt} /> },
	{ key: "job", label: "Its job", cell: (entry) => <EntryJob entry={entry} /> },
];

function Actions({ schedule }: { schedule: Schedule }) {
	const queries = useQueryClient();
	const [asking, setAsking] = useState<"pause" | "resume" | "run" | null>(null);
	// One for each time the dialog opens: however often its button is pressed, it is one run.
	const click = useRef("");
	const refresh = () =>
		Promise.all(["schedule", "schedules"].map((name) => queries.invalidateQueries({ queryKey: ["console", name] })));
	const close = () => setAsking(null);
	return (
		<Acts>
			<Button icon={schedule.paused ? "play" : "pause"} onClick={() => setAsking(schedule.paused ? "resume" : "pause")}>
				{schedule.paused ? "Resume" : "Pause"}
			</Button>
			<Button
				look="primary"
				icon="play"
				onClick={() => {
					click.current = crypto.randomUUID();
					setAsking("run");
				}}
			>
				Run now
			</Button>
			{asking === "pause" && (
				<ReasonDialog
					reason={PAUSED}
					title={`Pause ${schedule.name}?`}
					action="Pause schedule"
					onClose={close}
					run={async (reason) => {
						await api.console.pauseSchedule(schedule.name, reason);
						await refresh();
						toast(`${schedule.name} is paused.`);
					}}
				>
					<p>Its due times pass without a job, and are not made up for when it is resumed. What runs, runs on.</p>
				</ReasonDialog>
			)}
			{asking === "resume" && (
				<Confirm
					title={`Resume ${schedule.name}?`}
					action="Resume schedule"
					onClose={close}
					run={async () => {
						await api.console.resumeSchedule(schedule.name);
						await refresh();
						toast(`${schedule.name} is on again.`);
					}}
				>
					<p>
						It is due next {schedule.nextSlots[0] ? <Time at={schedule.nextSlots[0]} /> : "never"}. The times that
						passed are not made up for.
					</p>
				</Confirm>
			)}
			{asking === "run" && (
				<Confirm
					title={`Run ${schedule.name} now?`}
					action="Run now"
					onClose={close}
					run={async () => {
						await api.console.runSchedule(schedule.name, click.current);
						await refresh();
						toast(`${schedule.name} was asked for. Its history has the job.`);
					}}
				>
					<p>
						One job of the kind <code class="font-mono text-xs">{schedule.kind}</code> is asked for. Its due times stay
						as they are.
					</p>
				</Confirm>
			)}
		</Acts>
	);
}
