/** What conversations say of themselves, as pure functions of their data. */

import type { Comment, Message, MessageRead } from "@/api/types";

/** Somebody's name as it is shown: one's own is "You", and whoever is not there any more has none. */
export function nameOf({ by, isMine, side }: Pick<Message, "by" | "isMine" | "side">): string {
	if (isMine) return "You";
	return by ?? (side === "client" ? "A former contact" : "A former member");
}

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndClock = new Intl.DateTimeFormat("en", {
	day: "numeric",
	month: "short",
	hour: "2-digit",
	minute: "2-digit",
	hourCycle: "h23",
});
const withYear = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

/** "10:04" today, "Nov 22, 10:04" this year, "Nov 22, 2025, 10:04" before. In the reader's time zone. */
export function shortTime(at: Date, now: Date): string {
	if (at.toDateString() === now.toDateString()) return clock.format(at);
	return (at.getFullYear() === now.getFullYear() ? dayAndClock : withYear).format(at);
}

/** Who has come exactly to each message, by its number: others than the reader, and not who wrote it. */
export function seenAt(messages: readonly Message[], reads: readonly MessageRead[]): Map<number, MessageRead[]> {
	const seen = new Map<number, MessageRead[]>();
	for (const read of reads) {
		if (read.isMe) continue;
		// one's own words are no news: what was seen is the last of somebody else's
		const last = messages.findLast(({ number, authorId }) => number <= read.number && authorId !== read.readerId);
		if (last) seen.set(last.number, [...(seen.get(last.number) ?? []), read]);
	}
	return seen;
}

/** "Seen by Ada, 10:04 and Bo, 10:09". */
export function seenWords(reads: readonly MessageRead[], now: Date): string {
	const named = reads.map(
		({ by, at, side }) => `${nameOf({ by, side, isMine: false })}, ${shortTime(new Date(at), now)}`,
	);
	const last = named.pop();
	return `Seen by ${named.length > 0 ? `${named.join("; ")} and ` : ""}${last}`;
}

/** Both, each message once, oldest first; where both have one, the later state of it. */
export function merged(before: readonly Message[], after: readonly Message[]): Message[] {
	const byNumber = new Map([...before, ...after].map((message) => [message.number, message]));
	return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

export interface Piece {
	text: string;
	href?: string;
}

/** Text with its web addresses set apart; the sign that ends a sentence does not belong to one. */
export function pieces(text: string): Piece[] {
	return text
		.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/)
		.map((piece, index) => (index % 2 === 1 ? { text: piece, href: piece } : { text: piece }))
		.filter((piece) => piece.text !== "");
}

/** "1:05", "1:01:05": a time of a recording. */
export function timeAt(ms: number): string {
	const seconds = Math.floor(ms / 1000);
	const two = (value: number) => String(value).padStart(2, "0");
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export interface Thread {
	comment: Comment;
	answers: Comment[];
}

/** Comments with their answers, in the order of the recording; those without a time come first. */
export function threads(comments: readonly Comment[]): Thread[] {
	const found = new Map<string, Thread>();
	for (const comment of comments) {
		if (comment.parentId === null) found.set(comment.id, { comment, answers: [] });
		else found.get(comment.parentId)?.answers.push(comment);
	}
	return [...found.values()].sort(
		({ comment: a }, { comment: b }) => (a.atMs ?? -1) - (b.atMs ?? -1) || a.number - b.number,
	);
}
