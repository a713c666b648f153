import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Job, type JobAttempt, type JobDeed, type JobEffect, type JobLog } from "@/api";
import { Button, exactTime, formatDuration, Icon, Progress, StatusBadge, secondsBetween, Time } from "@/ui";
import { actionWords } from "./audit/words";
import { Code, Disclosure, LINK, Ref, SPOT, Step } from "./job-parts";
import { jobsHref } from "./search";
import { EFFECT_WORDS, JOB_WORDS, OUTCOMES } from "./words";

/** What became of a job, in the order in which it happened. */
export function Story({ job }: { job: Job }) {
	return (
		<ol class="grid grid-cols-1">
			<AskedFor job={job} />
			<Waited job={job} />
			{job.attempts.map((attempt, index) => (
				<Attempt key={attempt.epoch} attempt={attempt} again={isAgain(job.attempts, index)} job={job} />
			))}
			{job.deeds.length > 0 && <Deeds deeds={job.deeds} />}
			<WaitsAgain job={job} />
			{job.effects.length > 0 && <Effects effects={job.effects} />}
			{job.finishedAt && (
				<Step
					icon={JOB_WORDS[job.state].icon}
					title={JOB_WORDS[job.state].label}
					at={job.finishedAt}
					tone={SPOT[JOB_WORDS[job.state].tone]}
				>
					{job.reason && <p class="wrap-anywhere first-letter:uppercase">{job.reason}</p>}
					{job.keyHolder && (
						<p>
							It cannot be retried while <Ref job={job.keyHolder} /> does the same work.
						</p>
					)}
				</Step>
			)}
			{job.copies.length > 0 && (
				<Step icon="copy" title="Asked for again">
					<ul class="grid gap-1">
						{job.copies.map((copy) => (
							<li key={copy.id}>
								As <Ref job={copy} />, a linked copy
							</li>
						))}
					</ul>
				</Step>
			)}
			{job.children.jobs.length > 0 && <Caused job={job} />}
		</ol>
	);
}

function AskedFor({ job }: { job: Job }) {
	const { by, name, slotAt, action, job: other } = job.askedBy;
	return (
		<Step icon="plus" title="Asked for" at={job.createdAt}>
			{by === "copy" && (
				<p>
					By {name ?? "an operator"}, as a copy of {other ? <Ref job={other} /> : "a job that is gone"}
				</p>
			)}
			{by === "job" && <p>By job {other ? <Ref job={other} /> : "that is gone"}</p>}
			{by === "schedule" && (
				<p>
					By the schedule{" "}
					<Link href="/console/schedules" className={LINK}>
						{name}
					</Link>
					{slotAt && (
						<>
							, due <Time at={slotAt} />
						</>
					)}
				</p>
			)}
			{by === "person" && (
				<p>
					By {name ?? (job.workspaceName ? `a person of ${job.workspaceName}` : "a person")}
					{action && <span class="text-ink-3"> · {actionWords(action).toLowerCase()}</span>}
				</p>
			)}
			{by === "request" && <p>By a request</p>}
			{by === "program" && <p>By the program itself</p>}
			{job.causeRequestId && (
				<p class="text-xs text-ink-3">
					Request <code class="font-mono wrap-anywhere">{job.causeRequestId}</code>
				</p>
			)}
		</Step>
	);
}

function Waited({ job }: { job: Job }) {
	const first = job.attempts[0]?.startedAt ?? job.startedAt;
	const isWaiting = !first && !job.finishedAt;
	const seconds = secondsBetween(job.createdAt, first ?? job.finishedAt);
	if (!isWaiting && seconds < 0.05) return null;
	const due = new Date(job.runAt).getTime() - new Date(job.createdAt).getTime() > 1000;
	return (
		<Step
			icon="clock"
			title={isWaiting ? "Waits" : `Waited ${formatDuration(seconds)}`}
			tone={isWaiting ? "bg-active-soft text-active" : ""}
		>
			{isWaiting && job.whyWaiting && <p>{job.whyWaiting}</p>}
			{due && (
				<p>
					Due <Time at={job.runAt} />
				</p>
			)}
			<p>
				In queue{" "}
				<Link href={jobsHref({ queue: job.queue })} className={LINK}>
					{job.queue}
				</Link>
			</p>
		</Step>
	);
}

/** Between two attempts: until when, and why. */
function WaitsAgain({ job }: { job: Job }) {
	if (job.attempts.length === 0 || job.state === "running" || job.finishedAt) return null;
	const { label, tone, icon } = JOB_WORDS[job.state];
	return (
		<Step icon={icon} title={label} tone={SPOT[tone]} {...(job.state === "scheduled" ? { at: job.runAt } : {})}>
			{job.whyWaiting && <p>{job.whyWaiting}</p>}
		</Step>
	);
}

/** A number comes again when an attempt burnt none, and after an operator's retry. */
function isAgain(attempts: JobAttempt[], index: number): boolean {
	const number = attempts[index]?.attempt;
	return attempts.slice(0, index).some((earlier) => earlier.attempt === number);
}

function Attempt({ attempt, again, job }: { attempt: JobAttempt; again: boolean; job: Job }) {
	const running = attempt.endedAt === null;
	const { label, tone, icon } = OUTCOMES[running ? "running" : attempt.outcome];
	const took = formatDuration(secondsBetween(attempt.startedAt, attempt.endedAt));
	const lines = job.logs.filter((line) => line.epoch === attempt.epoch);
	return (
		<Step
			icon={icon}
			tone={SPOT[tone]}
			title={`Attempt ${attempt.attempt}${again ? " again" : ""}: ${label}`}
			at={attempt.startedAt}
		>
			<p>
				{running ? "For" : "Took"} {took}
				{attempt.node && <> on {attempt.node}</>}
				{attempt.endedAt && (
					<span class="text-ink-3">
						{" "}
						· ended <Time at={attempt.endedAt} />
					</span>
				)}
			</p>
			{running && job.progress && (
				<div class="max-w-md">
					<Progress
						label="Progress"
						done={job.progress.done}
						total={job.progress.total}
						unit={job.progress.note ?? ""}
					/>
				</div>
			)}
			{attempt.error && <p class="wrap-anywhere text-bad">{attempt.error}</p>}
			{attempt.backtrace && (
				<Disclosure label="Backtrace">
					<Code label={`Backtrace of attempt ${attempt.attempt}`}>{attempt.backtrace}</Code>
				</Disclosure>
			)}
			{lines.length > 0 && <Lines lines={lines} open={running} />}
			{running && job.whyWaiting && <p>{job.whyWaiting}</p>}
		</Step>
	);
}

const LEVELS = { info: "text-ink-3", warn: "text-active", error: "text-bad" };

function Lines({ lines, open }: { lines: JobLog[]; open: boolean }) {
	return (
		<Disclosure label={`Log, ${lines.length} ${lines.length === 1 ? "line" : "lines"}`} open={open}>
			<ol class="grid grid-cols-1 gap-1.5 rounded-md border border-line bg-sunken p-3">
				{lines.map((line, index) => (
					<li key={`${line.at}-${index}`} class="min-w-0 text-xs">
						<time dateTime={line.at} title={exactTime(new Date(line.at))} class="text-ink-3">
							{new Date(line.at).toLocaleTimeString("en", { hour12: false })}
						</time>{" "}
						<span class={LEVELS[line.level]}>{line.level}</span> <span class="wrap-anywhere">{line.message}</span>
					</li>
				))}
			</ol>
		</Disclosure>
	);
}

function Deeds({ deeds }: { deeds: JobDeed[] }) {
	return (
		<Step icon="console" title="What operators did">
			<ul class="grid gap-2">
				{deeds.map((deed) => (
					<li key={`${deed.at} ${deed.action}`} class="grid gap-1">
						<span class="wrap-anywhere">
							{actionWords(deed.action)}, {deed.by}{" "}
							<span class="text-ink-3">
								· <Time at={deed.at} />
							</span>
							{deed.bulkId && (
								<>
									{" "}
									<Link href={`/console/bulk/${deed.bulkId}`} className={LINK}>
										with others
									</Link>
								</>
							)}
						</span>
						{deed.reason && <span class="wrap-anywhere text-ink-2">{deed.reason}</span>}
					</li>
				))}
			</ul>
		</Step>
	);
}

function Effects({ effects }: { effects: JobEffect[] }) {
	return (
		<Step icon="arrowRight" title="Effects outside">
			<ul class="grid gap-2">
				{effects.map((effect) => {
					const { label, tone, icon } = EFFECT_WORDS[effect.state];
					return (
						<li key={effect.id} class="grid gap-1">
							<span class="flex flex-wrap items-center gap-x-3 gap-y-1">
								<StatusBadge tone={tone} icon={icon}>
									{label}
								</StatusBadge>
								<span>{effect.provider}</span>
								<code class="font-mono text-xs wrap-anywhere text-ink-3">{effect.key}</code>
								<span class="text-ink-3">
									<Time at={effect.settledAt ?? effect.sentAt ?? effect.createdAt} />
								</span>
							</span>
							{effect.error && <span class="wrap-anywhere text-bad">{effect.error}</span>}
						</li>
					);
				})}
			</ul>
		</Step>
	);
}

function Caused({ job }: { job: Job }) {
	const more = useInfiniteQuery({
		queryKey: ["console", "children", job.id, job.children.nextCursor],
		queryFn: ({ pageParam }) => api.console.children(job.id, pageParam),
		initialPageParam: job.children.nextCursor ?? "",
		getNextPageParam: (page) => page.nextCursor ?? undefined,
		enabled: false,
	});
	const pages = more.data?.pages ?? [];
	const all = [...job.children.jobs, ...pages.flatMap((page) => page.jobs)];
	const isMore = pages.length === 0 ? job.children.nextCursor !== null : more.hasNextPage;
	return (
		<Step icon="arrowRight" title={`Caused ${all.length}${isMore ? "+" : ""} ${all.length === 1 ? "job" : "jobs"}`}>
			<ul class="grid gap-1">
				{all.map((child) => (
					<li key={child.id}>
						<Ref job={child} />
					</li>
				))}
			</ul>
			{isMore && (
				<div>
					<Button
						size="sm"
						busy={more.isFetching}
						onClick={() => (pages.length === 0 ? more.refetch() : more.fetchNextPage())}
					>
						Show more
					</Button>
				</div>
			)}
			{more.error && (
				<p role="alert" class="flex items-center gap-1.5 text-bad">
					<Icon name="alert" /> They could not be loaded. Try again.
				</p>
			)}
		</Step>
	);
}
