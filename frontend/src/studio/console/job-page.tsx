import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { api, asProblem, type Job, type JobAttempt, type JobRef, Problem } from "@/api";
import {
	Button,
	Confirm,
	ExactTime,
	exactTime,
	Facts,
	formatDuration,
	Icon,
	type IconName,
	Load,
	None,
	Page,
	Progress,
	plural,
	StaleNotice,
	secondsBetween,
	Time,
	type Tone,
	toast,
} from "@/ui";
import { useSession } from "../session";
import { JobStateBadge } from "./jobs-list";
import { usePollInterval } from "./live";
import { jobsHref } from "./search";
import { JOB_WORDS, mayCancel, mayRetry, outcomeWords, priorityWords } from "./words";

export function JobPage({ id }: { id: string }) {
	const refetchInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "job", id],
		queryFn: () => api.console.job(id),
		refetchInterval,
	});
	const job = query.data;
	return (
		<Page
			title={job?.kind ?? "Job"}
			back={{ href: "/console/jobs", label: "Jobs" }}
			badge={job && <JobStateBadge job={job} />}
			lead={job && <code class="font-mono text-xs wrap-anywhere text-ink-3">{job.id}</code>}
			actions={job && <Actions job={job} />}
		>
			<StaleNotice query={query} />
			<Load
				query={query}
				whyGone="No job has this id, or it ended more than 30 days ago: finished and cancelled jobs are kept that long."
			>
				{(data) => (
					<div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[1fr_20rem]">
						<Story job={data} />
						<Sidebar job={data} />
					</div>
				)}
			</Load>
		</Page>
	);
}

function Actions({ job }: { job: Job }) {
	const { operator } = useSession();
	const queries = useQueryClient();
	const [, navigate] = useLocation();
	const [asking, setAsking] = useState<"retry" | "cancel" | null>(null);
	const close = () => setAsking(null);

	const settle = (changed: Job) => {
		queries.setQueryData(["console", "job", changed.id], changed);
		queries.invalidateQueries({ queryKey: ["console"] });
	};
	const retry = async () => {
		const changed = await api.console.retry(job.id).catch(explain);
		settle(changed);
		if (changed.id !== job.id) {
			toast("A copy of the job will run. This is its page.");
			navigate(`/console/jobs/${changed.id}`);
		} else {
			toast("The job will run again.");
		}
	};
	const cancel = async () => {
		const changed = await api.console.cancel(job.id).catch(explain);
		settle(changed);
		toast(
			changed.state === "cancelled"
				? "The job is cancelled."
				: "The job is asked to stop. It ends at its next safe point.",
		);
	};

	return (
		<>
			{mayCancel(job, operator) && (
				<Button icon="ban" onClick={() => setAsking("cancel")}>
					Cancel job
				</Button>
			)}
			{mayRetry(job, operator) && (
				<Button look="primary" icon="refresh" onClick={() => setAsking("retry")}>
					Retry
				</Button>
			)}
			{asking === "retry" && (
				<Confirm title="Retry this job?" action="Retry job" onClose={close} run={retry}>
					<p>
						One {job.kind} job{job.workspaceName ? ` of ${job.workspaceName}` : ""} runs again with the same arguments.
						A job that belongs to a finished batch runs as a linked copy.
					</p>
				</Confirm>
			)}
			{asking === "cancel" && (
				<Confirm danger title="Cancel this job?" action="Cancel job" onClose={close} run={cancel}>
					<p>
						One {job.kind} job{job.workspaceName ? ` of ${job.workspaceName}` : ""}{" "}
						{job.state === "running"
							? "is running. It is asked to stop, and refuses once it has had an effect outside."
							: "will not run."}
					</p>
				</Confirm>
			)}
		</>
	);
}

/** A refusal that names another job says so with its address in reach of the reader. */
function explain(error: unknown): never {
	const problem = asProblem(error);
	const holder = problem.existingId ? ` Held by job ${problem.existingId}.` : "";
	throw new Problem(problem.status, { code: problem.code, detail: problem.message + holder });
}

function Story({ job }: { job: Job }) {
	return (
		<ol class="grid grid-cols-1">
			<Step icon="plus" title="Asked for" at={job.createdAt}>
				{job.parent ? (
					<p>
						By job <Ref job={job.parent} />
						{job.causeRequestId && <Request id={job.causeRequestId} />}
					</p>
				) : job.causeRequestId ? (
					<p>
						By a request <Request id={job.causeRequestId} />
					</p>
				) : (
					<p>By a schedule or an operator.</p>
				)}
			</Step>
			<Waited job={job} />
			{job.attempts.map((attempt, index) => (
				<Attempt key={attempt.startedAt} attempt={attempt} again={isAgain(job.attempts, index)} job={job} />
			))}
			<WaitsAgain job={job} />
			{job.finishedAt && (
				<Step
					icon={JOB_WORDS[job.state].icon}
					title={JOB_WORDS[job.state].label}
					at={job.finishedAt}
					tone={SPOT[JOB_WORDS[job.state].tone]}
				>
					{job.reason && <p class="wrap-anywhere">{job.reason}</p>}
				</Step>
			)}
			{job.children.length > 0 && (
				<Step icon="arrowRight" title={`Caused ${plural(job.children.length, "job")}`}>
					<ul class="grid gap-1">
						{job.children.map((child) => (
							<li key={child.id}>
								<Ref job={child} />
							</li>
						))}
					</ul>
				</Step>
			)}
		</ol>
	);
}

const SPOT: Record<Tone, string> = {
	done: "bg-done-soft text-done",
	bad: "bg-bad-soft text-bad",
	active: "bg-active-soft text-active",
	idle: "",
};

interface StepProps {
	icon: IconName;
	title: ComponentChildren;
	at?: string;
	tone?: string;
	children?: ComponentChildren;
}

function Step({ icon, title, at, tone = "", children }: StepProps) {
	return (
		<li class="group relative grid grid-cols-[2rem_minmax(0,1fr)] gap-x-4 pb-6">
			<span aria-hidden="true" class="absolute top-8 bottom-0 left-4 w-px bg-line group-last:hidden" />
			<span class={`grid size-8 place-items-center rounded-full ${tone || "bg-idle-soft text-idle"}`}>
				<Icon name={icon} />
			</span>
			<div class="min-w-0 pt-1">
				<div class="flex flex-wrap items-baseline gap-x-3">
					<h2 class="font-semibold">{title}</h2>
					{at && (
						<span class="text-ink-3">
							<ExactTime at={at} />
						</span>
					)}
				</div>
				<div class="mt-1 grid grid-cols-1 gap-2 text-ink-2">{children}</div>
			</div>
		</li>
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
	const { label, tone, icon } = outcomeWords(running ? "running" : attempt.outcome);
	const took = formatDuration(secondsBetween(attempt.startedAt, attempt.endedAt));
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
			{running && job.whyWaiting && <p>{job.whyWaiting}</p>}
		</Step>
	);
}

function Disclosure({ label, children }: { label: string; children: ComponentChildren }) {
	return (
		<details class="group/details">
			<summary class="touch inline-flex min-h-6 items-center gap-1 rounded-sm font-medium text-accent-ink">
				<Icon name="chevronRight" size={14} class="transition-transform duration-100 group-open/details:rotate-90" />
				{label}
			</summary>
			<div class="mt-1.5">{children}</div>
		</details>
	);
}

function Code({ label, wrap = false, children }: { label: string; wrap?: boolean; children: string }) {
	return (
		<section
			aria-label={label}
			// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
			tabIndex={0}
			class="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-3"
		>
			<pre class={`font-mono text-xs text-ink ${wrap ? "wrap-anywhere whitespace-pre-wrap" : ""}`}>{children}</pre>
		</section>
	);
}

const LINK = "font-medium text-accent-ink underline-offset-4 hover:underline";

function Ref({ job }: { job: JobRef }) {
	return (
		<span class="inline-flex flex-wrap items-center gap-x-2">
			<Link href={`/console/jobs/${job.id}`} className={LINK}>
				{job.kind}
			</Link>
			<span class="text-xs text-ink-3">{JOB_WORDS[job.state].label.toLowerCase()}</span>
		</span>
	);
}

function Request({ id }: { id: string }) {
	return <code class="ml-1 font-mono text-xs wrap-anywhere text-ink-3">{id}</code>;
}

function Sidebar({ job }: { job: Job }) {
	return (
		<div class="grid grid-cols-1 gap-4">
			<section class="card p-5">
				<h2 class="mb-4 font-semibold">Job</h2>
				<Facts
					class="sm:grid-cols-2 lg:grid-cols-1"
					facts={[
						["Workspace", job.workspaceName ?? <None />],
						["Attempts", `${job.attempt} of ${job.maxAttempts}`],
						["Priority", priorityWords(job.priority)],
						["Version of the arguments", String(job.version)],
						...(job.node ? ([["Runs on", job.node]] as [string, ComponentChildren][]) : []),
						...(job.leaseUntil
							? ([["Lease until", <Time key="lease" at={job.leaseUntil} />]] as [string, ComponentChildren][])
							: []),
						...(job.uniqueKey
							? ([["Unique key", <code class="font-mono text-xs">{job.uniqueKey}</code>]] as [
									string,
									ComponentChildren,
								][])
							: []),
						...(job.batchId
							? ([["Batch", <code class="font-mono text-xs">{job.batchId}</code>]] as [string, ComponentChildren][])
							: []),
					]}
				/>
			</section>
			<section class="card grid grid-cols-1 gap-3 p-5">
				<h2 class="font-semibold">Arguments</h2>
				<Code wrap label="Arguments">
					{JSON.stringify(job.args, null, 2)}
				</Code>
				<p class="text-xs text-ink-3">Secrets and personal data are masked.</p>
			</section>
			{job.logs.length > 0 && (
				<section class="card p-5">
					<h2 class="mb-3 font-semibold">Log</h2>
					<ol class="grid grid-cols-1 gap-2">
						{job.logs.map((line) => (
							<li key={`${line.at}-${line.message}`} class="min-w-0 text-xs">
								<time dateTime={line.at} title={exactTime(new Date(line.at))} class="text-ink-3">
									{new Date(line.at).toLocaleTimeString("en", { hour12: false })}
								</time>{" "}
								<span
									class={/warn/i.test(line.level) ? "text-active" : /err/i.test(line.level) ? "text-bad" : "text-ink-3"}
								>
									{line.level.toLowerCase()}
								</span>
								<div class="wrap-anywhere">{line.message}</div>
							</li>
						))}
					</ol>
				</section>
			)}
		</div>
	);
}
