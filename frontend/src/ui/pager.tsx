import { Button } from "./button";

interface PagerProps {
	cursor: string;
	nextCursor: string | null;
	/** Of a list that tells it: the page before, none on the first. Other lists are walked back as far as this tab came. */
	previousCursor?: string | null;
	onMove: (cursor: string) => void;
	busy?: boolean;
}

/** Where each page was reached from. After a reload in the middle only "First page" is known. */
const cameFrom = new Map<string, string>();

export function Pager({ cursor, nextCursor, previousCursor, onMove, busy = false }: PagerProps) {
	if (!cursor && !nextCursor) return null;
	const told = previousCursor !== undefined;
	const previous = told ? (previousCursor ?? undefined) : cameFrom.get(cursor);
	const move = (next: string) => {
		onMove(next);
		scrollTo({ top: 0 });
	};
	return (
		<nav aria-label="Pages" class="mt-3 flex justify-end gap-2">
			{cursor && previous !== "" && (
				<Button look={previous === undefined ? "secondary" : "ghost"} disabled={busy} onClick={() => move("")}>
					First page
				</Button>
			)}
			{cursor && previous !== undefined && (
				<Button icon="arrowLeft" disabled={busy} onClick={() => move(previous)}>
					Previous
				</Button>
			)}
			{nextCursor && (
				<Button
					disabled={busy}
					onClick={() => {
						if (!told) cameFrom.set(nextCursor, cursor);
						move(nextCursor);
					}}
				>
					Next
				</Button>
			)}
		</nav>
	);
}
