import type { Activity } from "@/api";
import { type IconName, plural, type Tone } from "@/ui";
import { jobsHref } from "./search";

/** Entries of a page. */
const PAGE = 50;

/** The latest page of two lists, each entry once: what was loaded, and what the stream brought before or after that. */
export function latest(some: Activity[], others: Activity[]): Activity[] {
	const all = new Map([...some, ...others].map((entry) => [entry.number, entry]));
	return [...all.values()].sort((a, b) => b.number - a.number).slice(0, PAGE);
}

interface Told {
	text: string;
	tone: Tone;
	icon: IconName;
	href: string | null;
}

/** An entry as a sentence, and where it leads. */
export function tell(entry: Activity): Told {
	const by = entry.by ?? "Somebody";
	const subject = entry.subject;
	const node = entry.subjectId ? `/console/nodes/${entry.subjectId}` : "/console/nodes";
	const schedule = `/console/schedules/${encodeURIComponent(subject)}`;
	switch (entry.what) {
		case "node_started":
			return { text: `Node ${subject} started`, tone: "done", icon: "play", href: node };
		case "node_stopped":
			return { text: `Node ${subject} stopped in good order`, tone: "idle", icon: "ban", href: node };
		case "node_gone":
			return { text: `Node ${subject} died; its jobs were taken back`, tone: "bad", icon: "alert", href: node };
		case "node_quieted":
			return { text: `${by} told node ${subject} to take no new work`, tone: "active", icon: "pause", href: node };
		case "node_resumed":
			return { text: `${by} let node ${subject} work again`, tone: "done", icon: "play", href: node };
		case "node_told_to_stop":
			return { text: `${by} told node ${subject} to stop`, tone: "active", icon: "ban", href: node };
		case "queue_paused":
			return { text: `${by} paused queue ${subject}`, tone: "active", icon: "pause", href: "/console/queues" };
		case "queue_resumed":
			return { text: `${by} resumed queue ${subject}`, tone: "done", icon: "play", href: "/console/queues" };
		case "schedule_paused":
			return { text: `${by} paused schedule ${subject}`, tone: "active", icon: "pause", href: schedule };
		case "schedule_resumed":
			return { text: `${by} resumed schedule ${subject}`, tone: "done", icon: "play", href: schedule };
		case "schedule_run":
			return {
				text: `${by} ran schedule ${subject}`,
				tone: "idle",
				icon: "play",
				href: entry.subjectId ? `/console/jobs/${entry.subjectId}` : schedule,
			};
		case "batch_cancelled":
			return {
				text: `${by} cancelled a batch of ${subject}`,
				tone: "idle",
				icon: "ban",
				href: `/console/batches/${entry.subjectId}`,
			};
		case "jobs_died":
			return {
				text: `${plural(entry.count ?? 1, "job")} of ${subject} died`,
				tone: "bad",
				icon: "x",
				href: jobsHref({ state: "dead", kind: subject }),
			};
		default:
			return { text: subject, tone: "idle", icon: "clock", href: null };
	}
}
