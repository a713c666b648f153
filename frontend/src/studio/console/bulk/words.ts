import type { BulkItemState, BulkObstacle, BulkState, BulkVerb } from "@/api";
import { formatCount, type IconName, plural, type Tone } from "@/ui";

interface Said {
	label: string;
	tone: Tone;
	icon: IconName;
}

export const BULK_STATES: Record<BulkState, Said> = {
	preview: { label: "Preview", tone: "idle", icon: "search" },
	expired: { label: "Expired", tone: "idle", icon: "ban" },
	canary: { label: "Canary", tone: "active", icon: "refresh" },
	waiting: { label: "Waits for you", tone: "active", icon: "pause" },
	running: { label: "Running", tone: "active", icon: "refresh" },
	done: { label: "Done", tone: "done", icon: "check" },
	aborted: { label: "Stopped", tone: "idle", icon: "ban" },
};

export const ITEM_STATES: Record<BulkItemState, Said> = {
	left: { label: "Not yet", tone: "idle", icon: "clock" },
	done: { label: "Done", tone: "done", icon: "check" },
	skipped: { label: "Skipped", tone: "active", icon: "arrowRight" },
	unable: { label: "Cannot", tone: "idle", icon: "ban" },
};

export const OBSTACLES: Record<BulkObstacle, string> = {
	not_dead: "Not dead: only dead and quarantined jobs are retried.",
	running: "Running: cancel it first.",
	live: "Not ended: cancel it instead.",
	ended: "Ended for good already.",
	effect_intended: "It has begun to act on the outside world.",
	key_held: "Another live job does the same work.",
};

const VERBS: Record<BulkVerb, { verb: string; ing: string; done: string }> = {
	retry: { verb: "Retry", ing: "Retrying", done: "retried" },
	cancel: { verb: "Cancel", ing: "Cancelling", done: "cancelled" },
	delete: { verb: "Delete", ing: "Deleting", done: "deleted" },
};

export const verbWord = (verb: BulkVerb) => VERBS[verb].verb;
export const verbDone = (verb: BulkVerb) => VERBS[verb].done;
export const verbIng = (verb: BulkVerb) => VERBS[verb].ing;

/** "Retry 25 jobs" */
export function bulkTitle(verb: BulkVerb, jobs: number): string {
	return `${VERBS[verb].verb} ${plural(jobs, "job")}`;
}

/** A tenth of what can be acted on, at most ten jobs, at least one. */
export function canarySize(able: number): number {
	return Math.max(1, Math.min(10, Math.ceil(able / 10)));
}

/** The size as typed, or why it cannot be one. */
export function readCanary(typed: string, able: number): number | string {
	const size = /^\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN;
	if (size >= 1 && size <= able) return size;
	return `Give a number from 1 to ${formatCount(able)}.`;
}
