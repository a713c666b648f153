import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Project, type SubmissionRound, type SubmissionState } from "@/api";
import { Button, Confirm, ErrorState, Skeleton, StatusBadge, Time } from "@/ui";
import { useAct, useRefresh } from "./acting";
import { NoteDialog } from "./note-dialog";
import { OUTCOMES } from "./words";

type Asking = "submit" | "approve" | "revise" | "complete" | null;

const NEXT: Record<SubmissionState, string> = {
	in_progress: "Submit the work when the client should look at it.",
	ready_for_review: "The client looks at the work, and approves it or asks for changes.",
	client_revisions_requested: "The client has asked for changes. Submit the next round when they are made.",
	approved: "The client has approved the work. Complete it when nothing is left to do.",
	completed: "The work is completed.",
};

/** The work: what to do next with it, and what was handed in and said each time. */
export function SubmissionPanel({ project }: { project: Project }) {
	const { submission } = project;
	const isWorkedOn = project.state === "open" || project.state === "in_progress";
	return (
		<section class="card p-5" aria-labelledby="project-submission">
			<div class="mb-4 flex flex-wrap items-start justify-between gap-3">
				<div class="min-w-0">
					<h2 id="project-submission" class="font-semibold">
						Submission
					</h2>
					<p class="text-ink-2">
						{project.state === "draft" ? "Open the project before you hand anything in." : NEXT[submission.state]}
					</p>
				</div>
				{isWorkedOn && <Steps project={project} />}
			</div>
			<Rounds id={submission.id} />
		</section>
	);
}

function Steps({ project }: { project: Project }) {
	const { act, busy } = useAct();
	const refresh = useRefresh();
	const [asking, setAsking] = useState<Asking>(null);
	const { id, state, round } = project.submission;
	const close = () => setAsking(null);
	return (
		<div class="flex flex-wrap gap-2">
			{(state === "in_progress" || state === "client_revisions_requested") && (
				<Button look="primary" icon="arrowRight" onClick={() => setAsking("submit")}>
					Submit for review
				</Button>
			)}
			{state === "ready_for_review" && (
				<>
					<Button
						icon="restore"
						busy={busy === "recall"}
						onClick={() => act("recall", () => api.submissions.recall(id), "The work is recalled.")}
					>
						Recall
					</Button>
					<Button icon="pencil" onClick={() => setAsking("revise")}>
						Note revisions
					</Button>
					<Button icon="check" onClick={() => setAsking("approve")}>
						Note approval
					</Button>
				</>
			)}
			{state === "approved" && (
				<>
					<Button
						icon="restore"
						busy={busy === "revert"}
						onClick={() => act("revert", () => api.submissions.revertApproval(id), "The approval is taken back.")}
					>
						Take approval back
					</Button>
					<Button look="primary" icon="checkCircle" onClick={() => setAsking("complete")}>
						Complete
					</Button>
				</>
			)}
			{asking === "submit" && (
				<NoteDialog
					title={`Submit round ${round + 1} for review`}
					lead="The client can then approve the work or ask for changes."
					field="What has changed"
					name="summary"
					action="Submit for review"
					save={(summary) => api.submissions.submit(id, summary)}
					onClose={close}
				/>
			)}
			{asking === "revise" && (
				<NoteDialog
					title="Note the revisions the client wants"
					lead="For what the client has told you elsewhere. It stands in the timeline under your name."
					field="What is to be changed"
					name="note"
					action="Request revisions"
					required
					save={(note) => api.submissions.requestRevisions(id, round, note)}
					onClose={close}
				/>
			)}
			{asking === "approve" && (
				<NoteDialog
					title="Note the client's approval"
					lead="For an approval the client has given you elsewhere. It stands in the timeline under your name."
					field="How they approved"
					name="note"
					action="Approve the work"
					save={(note) => api.submissions.approve(id, round, note)}
					onClose={close}
				/>
			)}
			{asking === "complete" && (
				<Confirm
					title="Complete this project?"
					action="Complete"
					run={async () => {
						await api.submissions.complete(id);
						await refresh();
					}}
					onClose={close}
				>
					The work is then done, and no further round can be handed in. What is not paid stays to be paid.
				</Confirm>
			)}
		</div>
	);
}

function Rounds({ id }: { id: string }) {
	const query = useInfiniteQuery({
		queryKey: ["projects", "rounds", id],
		queryFn: ({ pageParam }) => api.submissions.rounds(id, pageParam),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	const rounds = query.data?.pages.flatMap((page) => page.rounds);
	if (!rounds) {
		return query.isError ? (
			<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
		) : (
			<Skeleton lines={2} />
		);
	}
	if (rounds.length === 0) return <p class="text-ink-3">Nothing has been handed in yet.</p>;
	return (
		<>
			<ol class="divide-y divide-line border-t border-line">
				{rounds.map((round) => (
					<Round key={round.round} round={round} />
				))}
			</ol>
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show earlier rounds
				</Button>
			)}
		</>
	);
}

function Round({ round }: { round: SubmissionRound }) {
	const outcome = round.outcome
		? OUTCOMES[round.outcome]
		: { label: "In review", tone: "active" as const, icon: "clock" as const };
	return (
		<li class="grid gap-1 py-3 last:pb-0">
			<div class="flex flex-wrap items-center gap-x-3 gap-y-1">
				<h3 class="font-medium">Round {round.round}</h3>
				<StatusBadge tone={outcome.tone} {...(outcome.icon ? { icon: outcome.icon } : {})}>
					{outcome.label}
				</StatusBadge>
				<span class="text-ink-3">
					{round.submittedBy && `${round.submittedBy} · `}
					<Time at={round.submittedAt} />
				</span>
			</div>
			{round.summary && <p class="wrap-anywhere whitespace-pre-line text-ink-2">{round.summary}</p>}
			{round.note && (
				<blockquote class="border-l-2 border-line pl-3 wrap-anywhere whitespace-pre-line">{round.note}</blockquote>
			)}
		</li>
	);
}
