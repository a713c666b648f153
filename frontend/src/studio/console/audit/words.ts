import type { AuditEntry } from "@/api";
import { words } from "@/ui";

const ACTIONS: Record<string, string> = {
	"console.retry_job": "Retried a job",
	"console.cancel_job": "Cancelled a job",
	"console.delete_job": "Deleted a job",
	"console.edit_job": "Edited and asked again for a job",
	"console.reveal_job": "Looked at masked arguments",
	"console.pause_queue": "Paused a queue",
	"console.resume_queue": "Resumed a queue",
	"console.pause_schedule": "Paused a schedule",
	"console.resume_schedule": "Resumed a schedule",
	"console.run_schedule": "Ran a schedule now",
	"console.quiet_node": "Quieted a node",
	"console.resume_node": "Let a node take work again",
	"console.stop_node": "Stopped a node",
	"console.cancel_batch": "Cancelled a batch",
	"console.start_bulk_action": "Started a bulk action",
	"console.continue_bulk_action": "Let the rest of a bulk action go",
	"console.abort_bulk_action": "Stopped a bulk action",
	"console.end_bulk_action": "A bulk action ended",
	"console.verify_audit": "Asked for a check of this log",
	"console.acknowledge_audit": "Acknowledged a finding about this log",
	"accounts.sign_up": "Signed up",
	"accounts.sign_in": "Logged in",
	"accounts.sign_in_failed": "Failed to log in",
	"accounts.request_password_reset": "Asked for a new password",
	"accounts.complete_password_reset": "Set a new password",
	"clients.create": "Added a client",
	"clients.update": "Changed a client",
	"clients.archive": "Archived a client",
	"clients.restore": "Restored a client",
	"clients.export": "Exported clients",
	"imports.upload": "Uploaded a file",
	"imports.reread": "Corrected how a file is read",
	"imports.start": "Started an import",
	"imports.cancel": "Cancelled an import",
	"imports.undo": "Undid an import",
	"invitations.create": "Invited somebody",
	"invitations.accept": "Accepted an invitation",
	"invitations.withdraw": "Withdrew an invitation",
	"members.change_role": "Changed a member's role",
	"members.remove": "Removed a member",
	"merges.suggest": "Put two clients side by side",
	"merges.accept": "Merged two clients",
	"merges.ignore": "Left two clients apart",
	"merges.undo": "Undid a merge",
	"workspaces.create": "Made a workspace",
	"workspaces.rename": "Renamed a workspace",
};

/** An action that is not listed here is still said, by its own name. */
export function actionWords(action: string): string {
	const known = ACTIONS[action];
	if (known) return known;
	const [slice = "", verb = ""] = action.split(".");
	return verb ? `${words(slice)}: ${words(verb).toLowerCase()}` : words(action);
}

/** Where the thing is looked at, when there is such a page. */
export function subjectHref(entry: Pick<AuditEntry, "subjectKind" | "subjectId" | "subjectName">): string | null {
	const { subjectKind, subjectId, subjectName } = entry;
	if (subjectKind === "job" && subjectId) return `/console/jobs/${subjectId}`;
	if (subjectKind === "bulk_action" && subjectId) return `/console/bulk/${subjectId}`;
	if (subjectKind === "batch" && subjectId) return `/console/batches/${subjectId}`;
	if (subjectKind === "node") return "/console/nodes";
	if (subjectKind === "schedule") return "/console/schedules";
	if (subjectKind === "queue" && subjectName) {
		return `/console/jobs?search=${encodeURIComponent(`queue:${subjectName}`)}`;
	}
	return null;
}

/** Times of an audit query out of two dates: both days are whole days where the reader is. */
export function dayBounds(from: string, to: string): { since?: string; until?: string } {
	const day = (text: string, plus: number) => {
		if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
		const date = new Date(`${text}T00:00:00`);
		if (Number.isNaN(date.getTime())) return null;
		date.setDate(date.getDate() + plus);
		return date.toISOString();
	};
	const since = day(from, 0);
	const until = day(to, 1);
	return { ...(since && { since }), ...(until && { until }) };
}
