import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { asProblem, Problem } from "@/api/problem";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Field } from "../ui/field";
import { StatusBadge, type Tone } from "../ui/status";
import { Time } from "../ui/values";
import { api, type PortalPage } from "./data";
import { Card } from "./shell";
import { usePortal } from "./use-page";
import { decides } from "./words";

type Submission = NonNullable<PortalPage["more"]["submission"]>;
type Step = "approve" | "request-revisions" | "revert-approval";

const SAID: Record<string, { title: (round: number) => string; word: string; tone: Tone }> = {
	ready_for_review: { title: (round) => `Round ${round} is ready for your review`, word: "For you", tone: "active" },
	client_revisions_requested: { title: (round) => `Round ${round} is being changed`, word: "In work", tone: "active" },
	approved: { title: (round) => `You approved round ${round}`, word: "Approved", tone: "done" },
	completed: { title: (round) => `Round ${round} was the last`, word: "Completed", tone: "done" },
};

/** What was handed in last, and what the client says to it. */
export function Round({ submission }: { submission: Submission }) {
	const { page } = usePortal();
	const [asking, setAsking] = useState<Step | null>(null);
	const said = SAID[submission.state];
	if (!said) return null;
	const open = submission.state === "ready_for_review";
	return (
		<Card class={open ? "border-l-4 border-l-accent" : ""}>
			<div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
				<h2 class="text-lg font-semibold">{said.title(submission.round)}</h2>
				<StatusBadge tone={said.tone}>{said.word}</StatusBadge>
			</div>
			{submission.summary && <p class="mt-1 whitespace-pre-line text-ink-2 wrap-anywhere">{submission.summary}</p>}
			{submission.submittedAt && (
				<p class="mt-2 text-ink-3">
					<Time at={submission.submittedAt} prefix="Handed in " />
				</p>
			)}
			<p class="mt-3">
				<Link href="/files" className="font-medium text-accent-ink underline underline-offset-4">
					{open ? "Look at the files" : "All files"}
				</Link>
			</p>
			{decides(page) && open && (
				<div class="mt-4 flex gap-3 max-sm:flex-col">
					<Button look="primary" icon="check" onClick={() => setAsking("approve")}>
						Approve
					</Button>
					<Button icon="pencil" onClick={() => setAsking("request-revisions")}>
						Ask for changes
					</Button>
				</div>
			)}
			{decides(page) && submission.state === "approved" && (
				<div class="mt-4">
					<Button size="sm" onClick={() => setAsking("revert-approval")}>
						Take the approval back
					</Button>
				</div>
			)}
			{asking && <Ask step={asking} submission={submission} onClose={() => setAsking(null)} />}
		</Card>
	);
}

function Ask({ step, submission, onClose }: { step: Step; submission: Submission; onClose: () => void }) {
	const { page, reload } = usePortal();
	const [note, setNote] = useState("");
	const from = page.more.workspaceName;
	const run = async () => {
		if (step === "request-revisions" && !note.trim()) throw new Problem(422, { detail: "Say what is to be changed." });
		const said = { round: submission.round, ...(note.trim() ? { note } : {}) };
		try {
			await api.act(`submissions/${submission.id}/${step}`, step === "revert-approval" ? {} : said);
		} catch (error) {
			// it was handed in again, taken back or decided on: what is shown must be what is there
			if (asProblem(error).status === 409) await reload();
			throw error;
		}
		await reload();
	};
	if (step === "revert-approval") {
		return (
			<Confirm title="Take the approval back" action="Take it back" run={run} onClose={onClose}>
				<p>Round {submission.round} is open for your review again.</p>
			</Confirm>
		);
	}
	const approves = step === "approve";
	return (
		<Confirm
			title={approves ? `Approve round ${submission.round}` : "Ask for changes"}
			action={approves ? "Approve" : "Send to the maker"}
			run={run}
			onClose={onClose}
		>
			<p>
				{approves
					? `You accept the work as it is. ${from} is told at once.`
					: `${from} gets your words and hands the work in again.`}
			</p>
			<Field label={approves ? "A few words" : "What is to be changed"} optional={approves}>
				{(control) => (
					<textarea
						{...control}
						class="field min-h-24"
						maxLength={4000}
						value={note}
						onInput={(event) => setNote(event.currentTarget.value)}
					/>
				)}
			</Field>
		</Confirm>
	);
}
