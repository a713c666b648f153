import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import type { Message, MessageAttachment, MessageRead } from "@/api/types";
import { Button } from "../ui/button";
import { formatBytes, plural } from "../ui/format";
import { Icon } from "../ui/icon";
import { Time } from "../ui/values";
import { Composer } from "./composer";
import { Said } from "./said";
import type { Talk } from "./use-talk";
import { nameOf, seenAt, seenWords } from "./words";

/** Whoever is so many pixels from the end reads along. */
const AT_THE_END = 80;

/**
 * What was said, newest at the end, and where one writes. A thread is opened in place of the whole.
 */
export function Conversation({
	talk,
	draft,
	to,
	closed,
	empty,
}: {
	talk: Talk;
	/** Names what is typed here, for when one comes back. */
	draft: string;
	/** Whom one writes to. */
	to: string;
	/** Why nobody writes here; nothing when one may. */
	closed: string | null;
	/** What is said before the first message. */
	empty: string;
}) {
	const [thread, setThread] = useState<string | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const { messages, known, loadThread } = talk;

	const open = (id: string) => {
		setThread(id);
		loadThread(id).then(
			() => setProblem(null),
			(error) => setProblem(asProblem(error).message),
		);
	};

	if (!messages) return null;
	const shown = thread ? known.filter(({ id, parent }) => id === thread || parent?.id === thread) : messages;
	const answering = thread ? known.find(({ id }) => id === thread) : undefined;
	return (
		<div class="grid gap-3">
			{thread && (
				<div class="flex flex-wrap items-center gap-3">
					<Button size="sm" icon="arrowLeft" onClick={() => setThread(null)}>
						All messages
					</Button>
					<p class="font-medium">Thread</p>
				</div>
			)}
			{problem && (
				<p role="alert" class="text-bad">
					{problem}
				</p>
			)}
			{shown.length === 0 && !thread ? (
				<p class="text-ink-2">{empty}</p>
			) : (
				<Messages key={thread ?? ""} talk={talk} shown={shown} thread={thread} onThread={open} />
			)}
			{closed ? (
				<p class="text-ink-2">{closed}</p>
			) : (
				<Composer
					key={`composer-${thread ?? ""}`}
					draft={`${draft} ${thread ?? ""}`}
					label={
						answering
							? `Answer ${nameOf(answering) === "You" ? "in this thread" : nameOf(answering)}`
							: `Write to ${to}`
					}
					action={thread ? "Answer" : "Send"}
					max={10_000}
					onSend={(body, id) => talk.say({ id, body, ...(thread ? { parentId: thread } : {}) })}
				/>
			)}
		</div>
	);
}

function Messages({
	talk,
	shown,
	thread,
	onThread,
}: {
	talk: Talk;
	shown: Message[];
	thread: string | null;
	onThread: (id: string) => void;
}) {
	const box = useRef<HTMLDivElement>(null);
	const end = useRef<HTMLDivElement>(null);
	const [busy, setBusy] = useState(false);
	const [isBehind, setBehind] = useState(false);
	// where the reader was before the list changed: measured from the end, or reading along
	const from = useRef({ end: 0, first: 0, along: true });
	const first = shown[0]?.number ?? 0;
	const last = shown.at(-1);

	const toTheEnd = () => {
		if (box.current) box.current.scrollTop = box.current.scrollHeight;
		setBehind(false);
	};

	useLayoutEffect(() => {
		const element = box.current;
		if (!element) return;
		if (from.current.along || last?.isMine) toTheEnd();
		else if (first < from.current.first) element.scrollTop = element.scrollHeight - from.current.end;
		else setBehind(true);
		from.current.first = first;
	}, [first, last?.number]);

	const { seen } = talk;
	useEffect(() => {
		const element = end.current;
		if (!element || thread) return;
		let isThere = false;
		const look = () => {
			if (isThere && document.visibilityState === "visible") seen();
		};
		const observer = new IntersectionObserver((entries) => {
			isThere = entries.at(-1)?.isIntersecting ?? false;
			look();
		});
		observer.observe(element);
		document.addEventListener("visibilitychange", look);
		return () => {
			observer.disconnect();
			document.removeEventListener("visibilitychange", look);
		};
	}, [seen, thread]);

	const earlier = async () => {
		setBusy(true);
		await talk.earlier?.().catch(() => {});
		setBusy(false);
	};

	const seenBy = seenAt(shown, talk.reads);
	return (
		<div class="relative">
			<div
				ref={box}
				role="log"
				aria-label={thread ? "Thread" : "Messages"}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
				tabIndex={0}
				class="max-h-[min(60dvh,36rem)] overflow-y-auto rounded-md p-1 outline-offset-[-2px]"
				onScroll={({ currentTarget }) => {
					const left = currentTarget.scrollHeight - currentTarget.scrollTop;
					const along = left - currentTarget.clientHeight <= AT_THE_END;
					from.current = { ...from.current, end: left, along };
					if (along) setBehind(false);
				}}
			>
				{!thread && talk.earlier && (
					<div class="mb-3 text-center">
						<Button size="sm" busy={busy} onClick={earlier}>
							Show earlier messages
						</Button>
					</div>
				)}
				<ol class="grid gap-3">
					{shown.map((message) => (
						<One
							key={message.number}
							message={message}
							answers={Math.max(message.answers, talk.known.filter(({ parent }) => parent?.id === message.id).length)}
							seen={seenBy.get(message.number) ?? []}
							onThread={thread ? null : onThread}
						/>
					))}
				</ol>
				<div ref={end} class="h-px" />
			</div>
			{isBehind && (
				<div class="absolute inset-x-0 bottom-2 text-center">
					<Button size="sm" look="primary" icon="sortDown" onClick={toTheEnd}>
						New messages
					</Button>
				</div>
			)}
		</div>
	);
}

function One({
	message,
	answers,
	seen,
	onThread,
}: {
	message: Message;
	answers: number;
	seen: MessageRead[];
	onThread: ((id: string) => void) | null;
}) {
	const { parent, isMine } = message;
	const threadId = parent?.id ?? message.id;
	return (
		<li class={`flex flex-col gap-1 ${isMine ? "items-end" : "items-start"}`}>
			<div
				class={`grid max-w-[85%] gap-1 rounded-md px-3 py-2 ${isMine ? "bg-accent-soft" : "border border-line bg-surface"}`}
			>
				<p class="text-ink-2">
					<span class="font-medium text-ink">{nameOf(message)}</span> · <Time at={message.createdAt} />
				</p>
				{parent && onThread && (
					<button
						type="button"
						class="touch rounded-sm border-l-2 border-control pl-2 text-left text-ink-2 hover:text-ink"
						onClick={() => onThread(threadId)}
					>
						<span class="sr-only">Open the thread. </span>
						<span class="line-clamp-2 wrap-anywhere">
							{parent.by ?? "Somebody"}: {parent.excerpt || "files"}
						</span>
					</button>
				)}
				{message.body && <Said text={message.body} />}
				{message.attachments.length > 0 && <Attachments attachments={message.attachments} />}
			</div>
			{onThread && (
				<button
					type="button"
					class="touch min-h-6 rounded-sm px-1 text-ink-2 underline-offset-4 hover:text-ink hover:underline"
					onClick={() => onThread(threadId)}
				>
					{parent ? "Open the thread" : answers > 0 ? plural(answers, "answer") : "Answer"}
					<span class="sr-only">
						{" "}
						to {nameOf(message)}, message {message.number}
					</span>
				</button>
			)}
			{seen.length > 0 && (
				<p class="flex items-center gap-1.5 px-1 text-ink-3">
					<Icon name="check" />
					<span>{seenWords(seen, new Date())}</span>
				</p>
			)}
		</li>
	);
}

const STATES: Record<string, string> = {
	scanning: "being checked",
	quarantined: "not clean, nobody gets it",
	deleted: "deleted",
};

function Attachments({ attachments }: { attachments: MessageAttachment[] }) {
	return (
		<ul class="grid gap-1">
			{attachments.map(({ fileId, number, filename, sizeBytes, state }) => (
				<li key={`${fileId} ${number}`} class="flex items-start gap-2">
					<Icon name="file" class="mt-0.5" />
					<span class="wrap-anywhere">
						{filename} <span class="text-ink-3">· {STATES[state] ?? formatBytes(sizeBytes)}</span>
					</span>
				</li>
			))}
		</ul>
	);
}
