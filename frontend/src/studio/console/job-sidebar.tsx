import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Job } from "@/api";
import { Button, Dialog, Facts, FormError, formatCount, None, TextField, Time, toast, useForm } from "@/ui";
import { useSession } from "../session";
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
				<RevealDialog
					id={job.id}
					onClose={() => setAsking(false)}
					onRevealed={(args) => {
						setRevealed(args);
						toast("The arguments are shown. The audit log says that you looked.");
					}}
				/>
			)}
		</section>
	);
}

function RevealDialog({
	id,
	onClose,
	onRevealed,
}: {
	id: string;
	onClose: () => void;
	onRevealed: (args: unknown) => void;
}) {
	const form = useForm({
		initial: { reason: "" },
		fields: ["reason"],
		check: ({ reason }) => (reason.trim() ? {} : { reason: "Say what you need it for." }),
		save: async ({ reason }) => {
			onRevealed((await api.console.reveal(id, reason.trim())).args);
			onClose();
		},
	});
	return (
		<Dialog
			title="Reveal the arguments?"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button look="primary" type="submit" form="reveal" busy={form.busy}>
						Reveal
					</Button>
				</>
			}
		>
			<form id="reveal" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<p class="text-ink-2">They may hold secrets and personal data. The audit log keeps that you looked, and why.</p>
				<TextField
					label="Reason"
					name="reason"
					autocomplete="off"
					maxLength={500}
					value={form.values.reason}
					onValue={form.set("reason")}
					error={form.errors.reason}
				/>
			</form>
		</Dialog>
	);
}
