/** What the portal says about where things stand, as pure functions of its data. */

import type { IconName } from "../ui/icon";
import type { Tone } from "../ui/status";
import type { ClientEngagement, Deliverable, Payment, PortalEvent, PortalPage } from "./data";

export interface Said {
	word: string;
	tone: Tone;
	icon?: IconName;
}

/** `YYYY-MM-DD` of a moment in the reader's time zone. */
export function dayOf(at: Date): string {
	return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

const dayWords = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** "3 March 2026", the day itself in whatever time zone it is read. */
export function dayInWords(day: string): string {
	return dayWords.format(new Date(`${day}T00:00:00Z`));
}

export function saidOverall(overall: string): Said {
	switch (overall) {
		case "completed":
			return { word: "Completed", tone: "done" };
		case "in-progress":
			return { word: "In progress", tone: "active" };
		case "blocked":
			return { word: "Held up", tone: "bad" };
		case "cancelled":
			return { word: "Closed", tone: "idle", icon: "ban" };
		default:
			return { word: "Waiting for a decision", tone: "idle" };
	}
}

/** Where an engagement stands, in a list of several. */
export function saidEngagement({ proposalState, projectState }: ClientEngagement): Said {
	switch (projectState) {
		case "completed":
		case "archived":
			return { word: "Completed", tone: "done" };
		case "cancelled":
			return { word: "Cancelled", tone: "idle", icon: "ban" };
		case null:
			break;
		default:
			return { word: "In progress", tone: "active" };
	}
	if (isOffered(proposalState)) return { word: "Proposal to read", tone: "active", icon: "pencil" };
	if (proposalState === "approved") return { word: "Approved", tone: "done" };
	return { word: proposalState.charAt(0).toUpperCase() + proposalState.slice(1), tone: "idle", icon: "ban" };
}

export function saidDeliverable({ status, dueDate }: Deliverable, today: string): Said {
	if (status === "completed") return { word: "Completed", tone: "done" };
	if (status === "blocked") return { word: "Blocked", tone: "bad" };
	if (dueDate && dueDate < today) return { word: "Overdue", tone: "bad" };
	if (status === "in-progress") return { word: "In progress", tone: "active" };
	return { word: "Pending", tone: "idle" };
}

export function saidPayment({ status, dueDate }: Payment, today: string): Said {
	switch (status) {
		case "paid":
		case "manual":
			return { word: "Paid", tone: "done" };
		case "not_required":
			return { word: "Nothing to pay", tone: "done" };
		case "processing":
			return { word: "Being processed", tone: "active" };
		case "failed":
			return { word: "Failed", tone: "bad" };
		default:
			return dueDate && dueDate < today ? { word: "Overdue", tone: "bad" } : { word: "Open", tone: "idle" };
	}
}

export function saidMilestone(state: string): Said {
	switch (state) {
		case "approved":
			return { word: "Completed", tone: "done" };
		case "submitted":
			return { word: "In review", tone: "active" };
		case "revision":
			return { word: "Being revised", tone: "active" };
		case "cancelled":
			return { word: "Cancelled", tone: "idle", icon: "ban" };
		default:
			return { word: "Pending", tone: "idle" };
	}
}

/** When a part of the schedule is due. */
export function dueWords({ due, dueDate }: Payment): string {
	if (dueDate) return `Due ${dayInWords(dueDate)}`;
	if (due === "approval") return "Due when you approve";
	if (due === "milestone") return "Due with its milestone";
	return "Due at the end";
}

export function isPaid({ status }: Payment): boolean {
	return status === "paid" || status === "manual";
}

export function paidSum(payments: readonly Payment[]): number {
	return payments.filter(isPaid).reduce((sum, payment) => sum + payment.amount, 0);
}

export interface Step {
	label: string;
	state: "done" | "current" | "next";
}

/** The way from the first page to the last file. What stopped on the way stays where it stopped. */
export function steps({ portalData, more }: PortalPage): Step[] {
	const labels = [more.isImplicit ? "Start" : "Proposal", "Work", "Your review", "Approved", "Completed"];
	let at = 1;
	if (!more.project) at = 0;
	else if (portalData.status.overall === "completed") at = labels.length;
	else if (more.submission?.state === "ready_for_review") at = 2;
	else if (more.submission?.state === "approved" || more.submission?.state === "completed") at = 3;
	return labels.map((label, index) => ({ label, state: index < at ? "done" : index === at ? "current" : "next" }));
}

export interface Next {
	title: string;
	text: string;
	/** Where to do it; nothing when there is nothing to do. */
	action?: { label: string; to: string };
}

export function isOffered(status: string): boolean {
	return status === "sent" || status === "viewed";
}

/** Whether the reader may approve, decline and ask for changes. */
export function decides({ access, preview }: PortalPage): boolean {
	return !preview && (access === "full" || access === "review");
}

/** The one thing that the reader does next. */
export function nextStep(page: PortalPage): Next {
	const { portalData, more } = page;
	const from = more.workspaceName;
	const status = portalData.proposal.status;
	if (isOffered(status)) {
		return {
			title: "Read the proposal",
			text: `${from} has sent you a proposal. Read it, and tell them whether you want it.`,
			action: { label: "Read the proposal", to: "/proposal" },
		};
	}
	switch (status) {
		case "declined":
			return { title: "The proposal was declined", text: `Talk to ${from} if you would like another one.` };
		case "expired":
			return { title: "The proposal has expired", text: `Ask ${from} to send it again if you still want it.` };
		case "withdrawn":
			return { title: "The proposal was withdrawn", text: `${from} took it back. You have nothing to do.` };
		case "approved":
			return { title: "Thank you", text: `You have approved the proposal. ${from} is getting the project ready.` };
	}
	if (more.project?.state === "cancelled") {
		return { title: "This project was cancelled", text: `Talk to ${from} if this surprises you.` };
	}
	if (portalData.status.overall === "completed") {
		return {
			title: "All done",
			text: `${from} has completed this project.`,
			action: { label: "See what you got", to: "/deliverables" },
		};
	}
	if (more.submission?.state === "ready_for_review") {
		return {
			title: "The work is ready for you",
			text: `${from} has handed it in for your review.`,
			action: { label: decides(page) ? "Review the work" : "See what was handed in", to: "/deliverables" },
		};
	}
	if (more.submission?.state === "client_revisions_requested") {
		return { title: "Your changes are being made", text: `${from} is working on what you asked for.` };
	}
	if (more.unreadMessages > 0) {
		return {
			title: more.unreadMessages === 1 ? "You have a new message" : "You have new messages",
			text: `${from} has written to you.`,
			action: { label: "Read and answer", to: "/messages" },
		};
	}
	const payment = portalData.status.nextPayment;
	if (payment?.dueDate && page.access !== "review" && page.access !== "view") {
		return {
			title: "Nothing to do right now",
			text: `${from} is at work. The next payment is due ${dayInWords(payment.dueDate)}.`,
			action: { label: "See the payments", to: "/payments" },
		};
	}
	return { title: "Nothing to do right now", text: `${from} is at work. You get a mail when something needs you.` };
}

const EVENTS: Record<string, string> = {
	project_created: "The project was set up",
	project_opened: "The project was opened",
	project_started: "Work has begun",
	project_completed: "The project was completed",
	project_cancelled: "The project was cancelled",
	proposal_approved: "The proposal was approved",
	submission_submitted: "Work was handed in for review",
	submission_recalled: "Work was taken back from review",
	revisions_requested: "Changes were asked for",
	submission_approved: "The work was approved",
	approval_reverted: "The approval was taken back",
	submission_completed: "The work was completed",
	milestone_submitted: "A milestone was handed in",
	milestone_approved: "A milestone was approved",
	milestone_revision_requested: "Changes to a milestone were asked for",
	milestone_resumed: "A milestone was taken up again",
	milestone_cancelled: "A milestone was cancelled",
	deliverable_added: "A deliverable was added",
	deliverable_moved: "A deliverable has a new status",
	file_uploaded: "A file was sent",
	file_available: "A file was checked",
	file_quarantined: "A file was held back",
	file_deleted: "A file was deleted",
	file_approved: "A file was approved",
	files_approved: "Files were approved",
	file_changes_requested: "Changes to a file were asked for",
};

/** What happened, in a sentence; what this page does not know yet is said by its name. */
export function eventWords({ kind }: Pick<PortalEvent, "kind">): string {
	const known = EVENTS[kind];
	if (known) return known;
	const spaced = kind.replaceAll("_", " ");
	return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
