import type {
	DeliverableState,
	MilestoneState,
	Project,
	ProjectState,
	Stage,
	SubmissionRound,
	TimelineEvent,
} from "@/api";
import { type IconName, type Tone, words } from "@/ui";

export interface Told {
	label: string;
	tone: Tone;
	icon?: IconName;
}

export const STAGES: Record<Stage, Told> = {
	setup: { label: "Setup", tone: "idle" },
	in_progress: { label: "In progress", tone: "active" },
	submitted: { label: "Submitted", tone: "active", icon: "clock" },
	client_feedback: { label: "Client feedback", tone: "active", icon: "pencil" },
	approved: { label: "Approved", tone: "done" },
	payment_pending: { label: "Payment pending", tone: "active", icon: "clock" },
	paid: { label: "Completed and paid", tone: "done", icon: "checkCircle" },
};

export const PROJECT_STATES: Record<ProjectState, Told> = {
	draft: { label: "Draft", tone: "idle", icon: "pencil" },
	open: { label: "Open", tone: "idle" },
	in_progress: { label: "In progress", tone: "active" },
	completed: { label: "Completed", tone: "done" },
	archived: { label: "Archived", tone: "idle", icon: "archive" },
	cancelled: { label: "Cancelled", tone: "bad", icon: "ban" },
};

export const MILESTONE_STATES: Record<MilestoneState, Told> = {
	pending: { label: "Pending", tone: "idle" },
	submitted: { label: "Submitted", tone: "active", icon: "clock" },
	revision: { label: "Revision wanted", tone: "active", icon: "pencil" },
	approved: { label: "Approved", tone: "done" },
	cancelled: { label: "Cancelled", tone: "idle", icon: "ban" },
};

export const DELIVERABLE_STATES: Record<DeliverableState, Told> = {
	pending: { label: "Pending", tone: "idle" },
	"in-progress": { label: "In progress", tone: "active" },
	completed: { label: "Completed", tone: "done" },
	blocked: { label: "Blocked", tone: "bad", icon: "ban" },
};

/** Where a deliverable can go from here. */
export const NEXT_DELIVERABLE_STATES: Record<DeliverableState, DeliverableState[]> = {
	pending: ["in-progress", "completed", "blocked"],
	"in-progress": ["completed", "blocked", "pending"],
	blocked: ["in-progress", "completed", "pending"],
	completed: ["in-progress"],
};

export const OUTCOMES: Record<NonNullable<SubmissionRound["outcome"]>, Told> = {
	approved: { label: "Approved", tone: "done" },
	revisions_requested: { label: "Revisions requested", tone: "active", icon: "pencil" },
	recalled: { label: "Recalled", tone: "idle", icon: "restore" },
};

/** One word for where a project is: its stage, or why it is on none. */
export function whereIs(project: Pick<Project, "stage" | "state">): Told {
	if (project.state === "draft") return PROJECT_STATES.draft;
	return project.stage ? STAGES[project.stage] : PROJECT_STATES[project.state];
}

const EVENTS: Record<string, { icon: IconName; words: string }> = {
	project_created: { icon: "plus", words: "Project created" },
	project_opened: { icon: "play", words: "Project opened" },
	project_started: { icon: "play", words: "Work has begun" },
	project_updated: { icon: "pencil", words: "Details changed" },
	project_completed: { icon: "checkCircle", words: "Project completed" },
	project_archived: { icon: "archive", words: "Project archived" },
	project_unarchived: { icon: "restore", words: "Project taken out of the archive" },
	project_cancelled: { icon: "ban", words: "Project cancelled" },
	submission_submitted: { icon: "arrowRight", words: "Submitted for review" },
	submission_recalled: { icon: "restore", words: "Submission recalled" },
	submission_approved: { icon: "check", words: "Work approved" },
	revisions_requested: { icon: "pencil", words: "Revisions requested" },
	approval_reverted: { icon: "restore", words: "Approval taken back" },
	submission_completed: { icon: "checkCircle", words: "Submission completed" },
	milestone_added: { icon: "plus", words: "Milestone added" },
	milestone_updated: { icon: "pencil", words: "Milestone changed" },
	milestone_removed: { icon: "trash", words: "Milestone removed" },
	milestones_ordered: { icon: "sort", words: "Milestones put in another order" },
	milestone_submitted: { icon: "arrowRight", words: "Milestone submitted" },
	milestone_approved: { icon: "check", words: "Milestone approved" },
	milestone_revision_requested: { icon: "pencil", words: "Milestone revision requested" },
	milestone_resumed: { icon: "play", words: "Milestone taken up again" },
	milestone_cancelled: { icon: "ban", words: "Milestone cancelled" },
	deliverable_added: { icon: "plus", words: "Deliverable added" },
	deliverable_updated: { icon: "pencil", words: "Deliverable changed" },
	deliverable_moved: { icon: "refresh", words: "Deliverable's status changed" },
	file_uploaded: { icon: "file", words: "File uploaded" },
	file_updated: { icon: "pencil", words: "File changed" },
	file_deleted: { icon: "trash", words: "File deleted" },
	file_quarantined: { icon: "alert", words: "File held back" },
	file_approved: { icon: "check", words: "File approved" },
	files_approved: { icon: "check", words: "All files approved" },
	file_changes_requested: { icon: "pencil", words: "Changes to a file requested" },
	progress_posted: { icon: "clock", words: "Progress update" },
	proposal_activated: { icon: "play", words: "Proposal active" },
	proposal_completed: { icon: "checkCircle", words: "Everything delivered and paid" },
};

/** What happened; a kind that came with a newer release is told by its name. */
export function eventWords({ kind }: Pick<TimelineEvent, "kind">): { icon: IconName; words: string } {
	return EVENTS[kind] ?? { icon: "dot", words: words(kind) };
}
