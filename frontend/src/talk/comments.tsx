import { useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import type { Comment, NewComment } from "@/api/types";
import { Button } from "../ui/button";
import { formatCount } from "../ui/format";
import { Icon } from "../ui/icon";
import { Time } from "../ui/values";
import { Composer } from "./composer";
import { Said } from "./said";
import { nameOf, type Thread, threads, timeAt } from "./words";

const MOST_CHARACTERS = 4_000;

interface Props {
	/** All that are loaded, oldest first. */
	comments: readonly Comment[];
	/** Names what is typed here, for when one comes back: the version. */
	draft: string;
	/** Why nobody comments here; nothing when one may. */
	closed?: string | null;
	/** Said below the field, such as who will see it. */
	hint?: string;
	/** Where the player is, in milliseconds; left out of what has no time. */
	now?: () => number;
	/** Goes to a time of the recording. */
	onSeek?: (atMs: number) => void;
	onAdd: (comment: NewComment) => Promise<unknown>;
	onResolve: (id: string) => Promise<unknown>;
	onReopen: (id: string) => Promise<unknown>;
	/** Loads those that came later; left out when all are there. */
	onMore?: () => Promise<unknown>;
}

/**
 * What was said to one version of a file, in the order of the recording. To be put beside a player, or below a picture.
 */
export function Comments(props: Props) {
	const { comments, draft, closed, hint, now, onAdd } = props;
	const [all, setAll] = useState(false);
	const [timed, setTimed] = useState(true);
	const [answering, setAnswering] = useState<string | null>(null);
	const found = threads(comments);
	const open = found.filter(({ comment }) => comment.state === "open");
	const shown = all ? found : open;
	return (
		<div class="grid gap-4">
			<div class="flex flex-wrap items-center justify-between gap-2">
				<p class="text-ink-2">
					{formatCount(open.length)} open
					{found.length > open.length && `, ${formatCount(found.length - open.length)} resolved`}
				</p>
				{found.length > open.length && (
					<Button size="sm" aria-pressed={all} onClick={() => setAll(!all)}>
						{all ? "Hide resolved" : "Show resolved"}
					</Button>
				)}
			</div>
			{shown.length === 0 ? (
				<p class="text-ink-3">
					{found.length > 0 ? "Everything is resolved." : "Nothing was said to this version yet."}
				</p>
			) : (
				<ol class="grid gap-4">
					{shown.map((thread) => (
						<One
							key={thread.comment.id}
							{...props}
							thread={thread}
							answering={answering === thread.comment.id}
							onAnswering={(is) => setAnswering(is ? thread.comment.id : null)}
						/>
					))}
				</ol>
			)}
			{props.onMore && <More load={props.onMore} />}
			{closed ? (
				<p class="text-ink-2">{closed}</p>
			) : (
				<Composer
					draft={draft}
					label="Comment"
					action="Comment"
					max={MOST_CHARACTERS}
					onSend={async (body, id) => {
						await onAdd({ id, body, ...(now && timed ? { atMs: Math.round(now()) } : {}) });
					}}
				>
					{now && (
						<label class="touch inline-flex items-center gap-2">
							<input type="checkbox" checked={timed} onChange={(event) => setTimed(event.currentTarget.checked)} />
							At the time of the player
						</label>
					)}
					{hint && <p>{hint}</p>}
				</Composer>
			)}
		</div>
	);
}

function One({
	thread: { comment, answers },
	answering,
	onAnswering,
	closed,
	draft,
	onSeek,
	onAdd,
	onResolve,
	onReopen,
}: Props & { thread: Thread; answering: boolean; onAnswering: (is: boolean) => void }) {
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const isOpen = comment.state === "open";
	const settle = async () => {
		setBusy(true);
		try {
			await (isOpen ? onResolve : onReopen)(comment.id);
			setProblem(null);
		} catch (error) {
			setProblem(asProblem(error).message);
		} finally {
			setBusy(false);
		}
	};
	return (
		<li class="grid gap-2 border-l-2 border-line pl-3">
			<Words comment={comment} onSeek={onSeek} />
			{answers.length > 0 && (
				<ol class="grid gap-2 pl-4">
					{answers.map((answer) => (
						<li key={answer.id}>
							<Words comment={answer} />
						</li>
					))}
				</ol>
			)}
			{!isOpen && (
				<p class="flex items-center gap-1.5 text-done">
					<Icon name="checkCircle" /> Resolved{comment.resolvedBy && ` by ${comment.resolvedBy}`}
					{comment.resolvedAt && (
						<span class="text-ink-3">
							· <Time at={comment.resolvedAt} />
						</span>
					)}
				</p>
			)}
			{problem && (
				<p role="alert" class="text-bad">
					{problem}
				</p>
			)}
			{!closed && (
				<div class="flex flex-wrap gap-2">
					<Button size="sm" look="ghost" aria-expanded={answering} onClick={() => onAnswering(!answering)}>
						Answer
						<span class="sr-only"> {nameOf(comment)}</span>
					</Button>
					<Button size="sm" look="ghost" icon={isOpen ? "check" : "restore"} busy={busy} onClick={settle}>
						{isOpen ? "Resolve" : "Reopen"}
					</Button>
				</div>
			)}
			{!closed && answering && (
				<Composer
					draft={`${draft} ${comment.id}`}
					label={`Answer ${comment.isMine ? "yourself" : nameOf(comment)}`}
					action="Answer"
					max={MOST_CHARACTERS}
					onSend={async (body, id) => {
						await onAdd({ id, body, parentId: comment.id });
						onAnswering(false);
					}}
				/>
			)}
		</li>
	);
}

function Words({ comment, onSeek }: { comment: Comment; onSeek?: ((atMs: number) => void) | undefined }) {
	const { atMs } = comment;
	return (
		<div class="grid gap-1">
			<div class="flex flex-wrap items-center gap-x-2 text-ink-2">
				{atMs !== null &&
					(onSeek ? (
						<button
							type="button"
							class="touch min-h-6 rounded-sm bg-accent-soft px-1.5 font-medium text-accent-ink tabular-nums"
							onClick={() => onSeek(atMs)}
						>
							<span class="sr-only">Go to </span>
							{timeAt(atMs)}
						</button>
					) : (
						<span class="rounded-sm bg-idle-soft px-1.5 tabular-nums">{timeAt(atMs)}</span>
					))}
				<span class="font-medium text-ink">{nameOf(comment)}</span>
				<Time at={comment.createdAt} />
			</div>
			<Said text={comment.body} />
		</div>
	);
}

function More({ load }: { load: () => Promise<unknown> }) {
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	return (
		<div class="flex flex-wrap items-center gap-3">
			<Button
				size="sm"
				busy={busy}
				onClick={async () => {
					setBusy(true);
					await load().then(
						() => setProblem(null),
						(error) => setProblem(asProblem(error).message),
					);
					setBusy(false);
				}}
			>
				Show more comments
			</Button>
			{problem && (
				<p role="alert" class="text-bad">
					{problem}
				</p>
			)}
		</div>
	);
}
