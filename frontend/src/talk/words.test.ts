import { describe, expect, test } from "vitest";
import type { Comment, Message, MessageRead } from "@/api/types";
import { merged, nameOf, pieces, seenAt, seenWords, shortTime, threads, timeAt } from "./words";

const message = (number: number, change: Partial<Message> = {}): Message => ({
	id: `m${number}`,
	number,
	body: `Message ${number}`,
	side: "producer",
	authorId: "nina",
	by: "Nina",
	isMine: true,
	createdAt: "2026-11-22T10:00:00Z",
	parent: null,
	answers: 0,
	attachments: [],
	...change,
});
const read = (by: string, number: number, change: Partial<MessageRead> = {}): MessageRead => ({
	readerId: by,
	side: "client",
	by,
	number,
	at: "2026-11-22T10:04:00",
	isMe: false,
	...change,
});

describe("names and times", () => {
	test("a name, or what is left of one", () => {
		expect(nameOf({ by: "Ada", isMine: false, side: "client" })).toBe("Ada");
		expect(nameOf({ by: "Ada", isMine: true, side: "client" })).toBe("You");
		expect(nameOf({ by: null, isMine: false, side: "producer" })).toBe("A former member");
		expect(nameOf({ by: null, isMine: false, side: "client" })).toBe("A former contact");
	});

	test("a time says as much as is needed", () => {
		const now = new Date("2026-11-22T18:00:00");
		expect(shortTime(new Date("2026-11-22T09:04:00"), now)).toBe("09:04");
		expect(shortTime(new Date("2026-11-21T09:04:00"), now)).toBe("Nov 21, 09:04");
		expect(shortTime(new Date("2025-11-22T09:04:00"), now)).toBe("Nov 22, 2025, 09:04");
		expect(timeAt(65_900)).toBe("1:05");
		expect(timeAt(3_665_000)).toBe("1:01:05");
		expect(timeAt(0)).toBe("0:00");
	});
});

describe("who has seen what", () => {
	const messages = [
		message(1),
		message(2),
		message(3, { side: "client", authorId: "Ada", by: "Ada", isMine: false }),
		message(4),
	];

	test("stands at the last message that was read", () => {
		const seen = seenAt(messages, [read("Ada", 2), read("Bo", 4), read("Nina", 4, { isMe: true, side: "producer" })]);
		expect([...seen].map(([number, reads]) => [number, reads.map(({ by }) => by)])).toEqual([
			[2, ["Ada"]],
			[4, ["Bo"]],
		]);
	});

	test("is not said of one's own words, nor of what is not loaded", () => {
		expect([...seenAt(messages, [read("Ada", 3)]).keys()]).toEqual([2]);
		expect(seenAt(messages.slice(3), [read("Ada", 2)]).size).toBe(0);
	});

	test("in words", () => {
		const now = new Date("2026-11-22T18:00:00");
		expect(seenWords([read("Ada", 1)], now)).toBe("Seen by Ada, 10:04");
		expect(seenWords([read("Ada", 1), read("Bo", 1)], now)).toBe("Seen by Ada, 10:04 and Bo, 10:04");
	});
});

test("each message is there once, in its order and as it is now", () => {
	const answered = message(2, { answers: 1 });
	expect(merged([message(2), message(3)], [message(4), answered, message(1)]).map(({ number }) => number)).toEqual([
		1, 2, 3, 4,
	]);
	expect(merged([message(2)], [answered])).toEqual([answered]);
});

test("addresses are set apart from the sentence around them", () => {
	expect(pieces("See https://example.com/a?b=1, please.")).toEqual([
		{ text: "See " },
		{ text: "https://example.com/a?b=1", href: "https://example.com/a?b=1" },
		{ text: ", please." },
	]);
	expect(pieces("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)" }]);
	expect(pieces("")).toEqual([]);
});

test("comments stand in the order of the recording, with their answers", () => {
	const comment = (number: number, change: Partial<Comment> = {}): Comment => ({
		id: `c${number}`,
		number,
		parentId: null,
		atMs: null,
		body: "",
		side: "client",
		by: "Ada",
		isMine: false,
		createdAt: "2026-11-22T10:00:00Z",
		state: "open",
		resolvedAt: null,
		resolvedBy: null,
		...change,
	});
	const all = [
		comment(1, { atMs: 9_000 }),
		comment(2, { atMs: 1_000 }),
		comment(3, { parentId: "c1" }),
		comment(4),
		comment(5, { parentId: "c1" }),
	];
	expect(threads(all).map(({ comment, answers }) => [comment.number, answers.map(({ number }) => number)])).toEqual([
		[4, []],
		[2, []],
		[1, [3, 5]],
	]);
});
