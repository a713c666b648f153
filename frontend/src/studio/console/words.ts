import type {
	BatchState,
	BoundedCount,
	CatchUp,
	JobAttempt,
	JobEffect,
	JobRow,
	JobState,
	Node,
	OperatorLevel,
	Schedule,
	ScheduleOutcome,
} from "@/api";
import { formatCount, type IconName, plural, type Tone } from "@/ui";

export const JOB_WORDS: Record<JobState, Said> = {
	scheduled: { label: "Scheduled", tone: "idle", icon: "clock" },
	waiting: { label: "Waiting", tone: "idle", icon: "clock" },
	parked: { label: "Parked", tone: "active", icon: "pause" },
	queued: { label: "Queued", tone: "active", icon: "queue" },
	running: { label: "Running", tone: "active", icon: "refresh" },
	succeeded: { label: "Succeeded", tone: "done", icon: "check" },
	dead: { label: "Dead", tone: "bad", icon: "x" },
	cancelled: { label: "Cancelled", tone: "idle", icon: "ban" },
	quarantined: { label: "Quarantined", tone: "bad", icon: "alert" },
};

interface Said {
	label: string;
	tone: Tone;
	icon: IconName;
}

/** How many jobs a search finds; none is known when counting them would have taken long. */
export function countWords(count: BoundedCount | null): string {
	if (count === null) return "Not counted: that would take too long.";
	return count.capped
		? `More than ${formatCount(count.count)} jobs fit.`
		: `${plural(count.count, "job")} fit${count.count === 1 ? "s" : ""}.`;
}

/** What a node does, and what it was asked and has not done yet. */
export function nodeWords(node: Pick<Node, "state" | "left" | "asked">): Said {
	if (node.state === "gone") {
		return node.left
			? { label: "Stopped", tone: "idle", icon: "ban" }
			: { label: "Gone: it died", tone: "bad", icon: "alert" };
	}
	if (node.state === "stopping") return { label: "Stopping", tone: "active", icon: "clock" };
	if (node.asked === "stop") return { label: "Told to stop", tone: "active", icon: "clock" };
	if (node.state === "quiet") return { label: "Quiet", tone: "active", icon: "pause" };
	if (node.asked === "quiet") return { label: "Told to be quiet", tone: "active", icon: "pause" };
	return { label: "Alive", tone: "done", icon: "check" };
}

export const BATCH_WORDS: Record<BatchState, Said> = {
	open: { label: "Open", tone: "active", icon: "plus" },
	sealed: { label: "Under way", tone: "active", icon: "refresh" },
	done: { label: "Done", tone: "done", icon: "check" },
	cancelled: { label: "Cancelled", tone: "idle", icon: "ban" },
};

const SLOTS: Record<ScheduleOutcome, Said> = {
	fired: { label: "On time", tone: "done", icon: "check" },
	caught_up: { label: "Caught up late", tone: "active", icon: "clock" },
	missed: { label: "Missed", tone: "bad", icon: "alert" },
	paused: { label: "Passed while paused", tone: "idle", icon: "pause" },
	skipped: { label: "Skipped", tone: "idle", icon: "ban" },
	by_hand: { label: "Run", tone: "idle", icon: "play" },
};

/** What became of a due time. */
export function scheduleOutcomeWords(outcome: ScheduleOutcome): Said {
	return SLOTS[outcome];
}

/** How an attempt ended. Only what burnt the attempt or the job is red. */
export const OUTCOMES: Record<JobAttempt["outcome"], Said> = {
	running: { label: "running", tone: "active", icon: "refresh" },
	succeeded: { label: "succeeded", tone: "done", icon: "check" },
	retried: { label: "failed, tried again later", tone: "bad", icon: "alert" },
	dead: { label: "failed for good", tone: "bad", icon: "x" },
	crashed: { label: "its process crashed", tone: "bad", icon: "alert" },
	quarantined: { label: "quarantined", tone: "bad", icon: "alert" },
	snoozed: { label: "put off", tone: "idle", icon: "clock" },
	handed_back: { label: "handed back", tone: "idle", icon: "arrowLeft" },
	parked: { label: "parked", tone: "active", icon: "pause" },
	cancelled: { label: "cancelled", tone: "idle", icon: "ban" },
};

/** What became of an effect on the outside world. */
export const EFFECT_WORDS: Record<JobEffect["state"], Said> = {
	intended: { label: "Intended", tone: "idle", icon: "clock" },
	sent: { label: "Sent, no answer yet", tone: "active", icon: "arrowRight" },
	confirmed: { label: "Confirmed", tone: "done", icon: "check" },
	failed: { label: "Failed", tone: "bad", icon: "x" },
	unknown: { label: "Nobody knows", tone: "bad", icon: "alert" },
};

/** Red things first: the order an operator asks about them. */
export const STATE_ORDER: JobState[] = [
	"dead",
	"quarantined",
	"running",
	"queued",
	"scheduled",
	"waiting",
	"parked",
	"succeeded",
	"cancelled",
];

export const ALARMING: readonly JobState[] = ["dead", "quarantined"];

type Stands = Pick<JobRow, "state" | "decided">;

export function mayRetry(job: Stands, operator: OperatorLevel | null): boolean {
	return operator === "full" && ALARMING.includes(job.state) && !job.decided;
}

export function mayDelete(job: Stands, operator: OperatorLevel | null): boolean {
	return mayRetry(job, operator);
}

export function mayEdit(job: Stands, operator: OperatorLevel | null): boolean {
	return operator === "full" && (ALARMING.includes(job.state) || job.state === "cancelled") && !job.decided;
}

export function mayCancel(job: Pick<JobRow, "state" | "cancelRequested">, operator: OperatorLevel | null): boolean {
	const live: JobState[] = ["scheduled", "waiting", "parked", "queued", "running"];
	return operator === "full" && live.includes(job.state) && !job.cancelRequested;
}

const PRIORITIES = ["Urgent", "Normal", "Low", "Bulk"];

export function priorityWords(priority: number): string {
	return PRIORITIES[priority] ?? String(priority);
}

/** What happens with times at which no node was there. */
export function catchUpWords(catchUp: CatchUp): string {
	return { skip: "Skipped", last: "Caught up once", all: "Each time caught up" }[catchUp];
}

/** When a schedule is due, in words, with the time zone it speaks of. */
export function whenInWords({ cron, timezone }: Pick<Schedule, "cron" | "timezone">): string {
	return `${scheduleInWords(cron)}, ${timezone.replace(/^Etc\//, "").replaceAll("_", " ")}`;
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * A cron expression of five fields, or six with seconds first, in plain words. What is not one of the
 * usual shapes is shown as it is written, since a wrong sentence is worse than none.
 */
export function scheduleInWords(cron: string): string {
	const parts = cron.trim().split(/\s+/);
	const fields = parts.length >= 6 ? parts.slice(0, 6) : ["0", ...parts];
	const [second, minute, hour, day, month, weekday] = fields;
	if (fields.length !== 6 || parts.length > 6 || !second || !minute || !hour || !day || !month || !weekday) return cron;
	const any = (field: string) => field === "*" || field === "?";
	const everyDay = any(day) && any(month) && any(weekday);
	const step = (field: string) => /^(?:\*|0)\/(\d+)$/.exec(field)?.[1];
	const number = (field: string) => (/^\d+$/.test(field) ? Number(field) : null);

	if (everyDay && any(hour) && any(minute)) {
		if (any(second)) return "Every second";
		const seconds = step(second);
		if (seconds) return every(Number(seconds), "second");
		if (second === "0") return "Every minute";
	}
	if (second !== "0") return cron;
	if (everyDay && any(hour)) {
		const minutes = step(minute);
		if (minutes) return every(Number(minutes), "minute");
		const at = number(minute);
		if (at !== null) return at === 0 ? "Every hour" : `Every hour at ${at} past`;
	}
	const atMinute = number(minute);
	if (atMinute === null) return cron;
	const hours = step(hour);
	if (everyDay && hours && atMinute === 0) return every(Number(hours), "hour");
	const atHour = number(hour);
	if (atHour === null) return cron;
	const time = `${String(atHour).padStart(2, "0")}:${String(atMinute).padStart(2, "0")}`;
	if (everyDay) return `Every day at ${time}`;
	if (any(day) && any(month) && /^mon-fri$/i.test(weekday)) return `Monday to Friday at ${time}`;
	if (any(day) && any(month) && /^(sun|mon|tue|wed|thu|fri|sat)$/i.test(weekday)) {
		// Names only: whether 1 is Sunday or Monday differs between cron dialects.
		const name = WEEKDAYS.find((each) => each.toLowerCase().startsWith(weekday.toLowerCase()));
		return `Every ${name} at ${time}`;
	}
	const atDay = number(day);
	if (atDay !== null && any(month) && any(weekday)) return `On day ${atDay} of every month at ${time}`;
	return cron;
}

function every(count: number, unit: string): string {
	return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}
