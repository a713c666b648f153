import type { Instalment, Proposal, ProposalEvent, ProposalState, ProposalSummary } from "@/api";
import { formatDay, type IconName, type Tone } from "@/ui";

export const STATES: Record<ProposalState, { label: string; tone: Tone; icon: IconName }> = {
	draft: { label: "Draft", tone: "idle", icon: "pencil" },
	sent: { label: "Sent", tone: "active", icon: "send" },
	viewed: { label: "Viewed", tone: "active", icon: "search" },
	approved: { label: "Approved", tone: "done", icon: "check" },
	active: { label: "Active", tone: "done", icon: "play" },
	completed: { label: "Completed", tone: "done", icon: "checkCircle" },
	declined: { label: "Declined", tone: "bad", icon: "ban" },
	expired: { label: "Expired", tone: "bad", icon: "clock" },
	withdrawn: { label: "Withdrawn", tone: "idle", icon: "archive" },
};

export const STATE_NAMES = Object.keys(STATES) as ProposalState[];

/** Whether it can be changed and taken back. */
export function isEdited(state: ProposalState): boolean {
	return state === "draft" || state === "sent" || state === "viewed";
}

/** Whether the client can decide. */
export function isOpen(state: ProposalState): boolean {
	return state === "sent" || state === "viewed";
}

/** Whether there is a version that the client has not been sent. */
export function hasUnsent(proposal: Pick<ProposalSummary, "state" | "currentVersion" | "sentVersion">): boolean {
	return isEdited(proposal.state) && proposal.currentVersion !== proposal.sentVersion;
}

export function dueWords(instalment: Instalment, proposal: Pick<Proposal, "plan">): string {
	switch (instalment.due) {
		case "approval":
			return "On approval";
		case "completion":
			return "When all is done";
		case "date":
			return instalment.dueOn ? formatDay(instalment.dueOn) : "On a day";
		case "milestone": {
			const milestone = proposal.plan.milestones?.find((each) => each.id === instalment.milestoneId);
			return `With ${milestone?.title ?? "a milestone"}`;
		}
	}
}

export function eventWords({ kind, version, isClient }: ProposalEvent): string {
	const which = version ? ` version ${version}` : "";
	switch (kind) {
		case "created":
			return "wrote the proposal";
		case "updated":
			return "changed the proposal";
		case "version_begun":
			return `began${which}`;
		case "sent":
			return `sent${which}`;
		case "viewed":
			return `looked at${which}`;
		case "approved":
			return isClient ? `approved${which}` : `wrote down that the client approved${which}`;
		case "declined":
			return isClient ? `declined${which}` : `wrote down that the client declined${which}`;
		case "expired":
			return "The time to decide ended";
		case "withdrawn":
			return "withdrew the proposal";
		case "completed":
			return "All is done";
		case "other":
			return "changed something";
	}
}
