import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Job } from "@/api";
import { Button, Facts, formatCount, None, Time, toast } from "@/ui";
import { useSession } from "../session";
import { ReasonDialog } from "./acting";
import { Code, LINK } from "./job-parts";
import { priorityWords } from "./words";

export function Sidebar({ job }: { job: Job }) {
	const fact = (name: string, value: ComponentChildren): [string, ComponentChildren] => [name, value];
	return (
		<div class="grid grid-cols-1 gap-4">
			<section class="card p-5">
				<h2 class="mb-4 font-semibold">Job</h2>
				<Facts
					class="sm:grid-cols-2 lg:grid-cols-1"
					facts={[
						fact("Workspace", job.workspaceName ?? <None />),
						fact("Attempts", `${job.attempt} of ${job.maxAttempts}`),
						fact("Priority", priorityWords(job.priority)),
						fact("Version of the arguments", String(job.version)),
						...(job.node ? [fact("Runs on", job.node)] : []),
						...(job.leaseUntil ? [fact("Lease until", <Time at={job.leaseUntil} />)] : []),
						...(job.uniqueKey ? [fact("Unique key", <code class="font-mono text-xs">{job.uniqueKey}</code>)] : []),
						...(job.batch
							? [
									fact(
										"Batch",
										<Link href={`/console/batches/${job.batch.id}`} className={LINK}>
											{job.batch.kind}, {formatCount(job.batch.ended)} of {formatCount(job.batch.total)} ended
										</Link>,
									),
								]
							: []),
					]}
				/>
			</section>
			<Arguments job={job} />
		</div>
	);
}

function Arguments({ job }: { job: Job }) {
	const { operator } = useSession();
	const [asking, setAsking] = useState(false);
	const [revealed, setRevealed] = useState<unknown>(null);
	return (
		<section class="card grid grid-cols-1 gap-3 p-5">
			<h2 class="font-semibold">Arguments</h2>
			<Code wrap label="Arguments">
				{JSON.stringify(revealed ?? job.args, null, 2)}
			</Code>
			{revealed ? (
				<div class="flex flex-wrap items-center justify-between gap-2">
					<p class="text-xs text-ink-3">Shown to you only, and kept in the audit log.</p>
					<Button size="sm" onClick={() => setRevealed(null)}>
						Hide again
					</Button>
				</div>
			) : job.masked ? (
				<div class="flex flex-wrap items-center justify-between gap-2">
					<p class="text-xs text-ink-3">
						Secrets and personal data are masked.
						{operator === "read_only" && " Only full operators may reveal them."}
					</p>
					{operator === "full" && (
						<Button size="sm" onClick={() => setAsking(true)}>
							Reveal
						</Button>
					)}
				</div>
			) : (
				<p class="text-xs text-ink-3">Nothing in them had to be masked.</p>
			)}
			{asking && (
				<ReasonDialog
					title="Reveal the arguments?"
					action="Reveal"
					look="primary"
					reason={{
						label: "Reason",
						hint: "The audit log keeps it.",
						maxLength: 500,
						missing: "Say what you need it for.",
					}}
					onClose={() => setAsking(false)}
					run={async (reason) => {
						setRevealed((await api.console.reveal(job.id, reason)).args);
						toast("The arguments are shown. The audit log says that you looked.");
					}}
				>
					<p>They may hold secrets and personal data. The audit log keeps that you looked, and why.</p>
				</ReasonDialog>
			)}
		</section>
	);
}
