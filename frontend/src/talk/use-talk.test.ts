import { expect, test } from "vitest";
import type { Message, MessageList } from "@/api/types";
import { withNewest } from "./use-talk";

const message = (number: number): Message => ({
	id: `m${number}`,
	number,
	body: "",
	side: "client",
	authorId: "ada",
	by: "Ada",
	isMine: false,
	createdAt: "2026-11-22T10:00:00Z",
	parent: null,
	answers: 0,
	attachments: [],
});
/** A page as the API gives it: newest first. */
const page = (from: number, to: number, nextCursor: string | null): MessageList => ({
	messages: Array.from({ length: to - from + 1 }, (_, index) => message(to - index)),
	nextCursor,
	reads: [],
	unread: 0,
});
const numbers = (loaded: { messages: Message[] }) => loaded.messages.map(({ number }) => number);

test("the newest page is added to what is there, which goes on being loaded from its own end", () => {
	const first = withNewest(null, page(51, 100, "51"));
	const next = withNewest(first, page(53, 102, "53"));
	expect(numbers(next)).toEqual(Array.from({ length: 52 }, (_, index) => 51 + index));
	expect(next.cursor).toBe("51");
});

test("a hole is never shown: after a long absence it begins anew", () => {
	const first = withNewest(null, page(1, 10, null));
	const next = withNewest(first, page(12, 61, "12"));
	expect(numbers(next)[0]).toBe(12);
	expect(next.cursor).toBe("12");
	expect(numbers(withNewest(first, page(11, 60, "11")))[0]).toBe(1);
	expect(numbers(withNewest(first, page(1, 0, null)))).toEqual(numbers(first));
});
