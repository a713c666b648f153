import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { oneAtATime } from "@/api/one-at-a-time";
import { asProblem, type Problem } from "@/api/problem";
import type { Message, MessageList, MessageRead, NewMessage } from "@/api/types";
import { merged } from "./words";

/** Where messages come from and go to. */
export interface TalkSource {
	load: (query: { cursor?: string; thread?: string }) => Promise<MessageList>;
	say: (message: NewMessage) => Promise<Message>;
	markRead: (number: number) => Promise<unknown>;
}

export interface Talk {
	/** Oldest first, without a hole; none before they are loaded. */
	messages: Message[] | null;
	/** Those and the older ones of threads that were opened. */
	known: Message[];
	reads: MessageRead[];
	unread: number;
	/** Why they could not be loaded. */
	problem: Problem | null;
	retry: () => Promise<void>;
	/** Loads those before; none when all are there. */
	earlier: (() => Promise<void>) | null;
	/** A message and all its answers, which may be older than what is loaded. */
	loadThread: (id: string) => Promise<void>;
	say: (message: NewMessage) => Promise<void>;
	/** The reader has seen all that is loaded. */
	seen: () => void;
}

interface Loaded {
	messages: Message[];
	cursor: string | null;
	reads: MessageRead[];
	unread: number;
}

/** What is loaded with the newest page added; begun anew when more than a page has come meanwhile. */
export function withNewest(before: Loaded | null, list: MessageList): Loaded {
	const { reads, unread, nextCursor } = list;
	const newest = merged([], list.messages);
	const last = before?.messages.at(-1)?.number ?? 0;
	const joins = before !== null && (newest[0] === undefined || newest[0].number <= last + 1);
	return joins
		? { messages: merged(before.messages, newest), cursor: before.cursor, reads, unread }
		: { messages: newest, cursor: nextCursor, reads, unread };
}

/**
 * The messages of a project. They are looked for again whenever `news` is another value; `reads` are told by a stream, which
 * may be ahead of what was loaded.
 */
export function useTalk(source: TalkSource, news: unknown, reads: MessageRead[] | null): Talk {
	const [loaded, setLoaded] = useState<Loaded | null>(null);
	// threads that were opened, apart from the list, in which they would leave holes
	const [threads, setThreads] = useState<Message[]>([]);
	const [problem, setProblem] = useState<Problem | null>(null);
	const marked = useRef(0);

	const refresh = useMemo(
		() =>
			oneAtATime(async () => {
				try {
					const list = await source.load({});
					setLoaded((before) => withNewest(before, list));
					setProblem(null);
				} catch (error) {
					setProblem(asProblem(error));
				}
			}),
		[source],
	);

	useEffect(() => void refresh(), [refresh, news]);

	const cursor = loaded?.cursor ?? null;
	const earlier = useCallback(async () => {
		if (!cursor) return;
		const list = await source.load({ cursor });
		setLoaded(
			(before) => before && { ...before, messages: merged(before.messages, list.messages), cursor: list.nextCursor },
		);
	}, [source, cursor]);

	const loadThread = useCallback(
		async (thread: string) => {
			const list = await source.load({ thread });
			setThreads((before) => merged(before, list.messages));
		},
		[source],
	);

	const say = useCallback(
		async (message: NewMessage) => {
			const said = await source.say(message);
			if (message.parentId) setThreads((before) => merged(before, [said]));
			await refresh();
		},
		[source, refresh],
	);

	const last = loaded?.messages.at(-1)?.number ?? 0;
	const before = (reads ?? loaded?.reads ?? []).find(({ isMe }) => isMe)?.number ?? 0;
	const seen = useCallback(() => {
		if (last <= Math.max(before, marked.current)) return;
		marked.current = last;
		source.markRead(last).then(refresh, () => {
			// it is marked with the next message, or the next visit
			marked.current = before;
		});
	}, [source, last, before, refresh]);

	return {
		messages: loaded?.messages ?? null,
		known: useMemo(() => merged(threads, loaded?.messages ?? []), [threads, loaded]),
		reads: reads ?? loaded?.reads ?? [],
		unread: loaded?.unread ?? 0,
		problem,
		retry: refresh,
		earlier: cursor ? earlier : null,
		loadThread,
		say,
		seen,
	};
}
