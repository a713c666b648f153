import { Button } from "./button";

interface PagerProps {
	cursor: string;
	nextCursor: string | null;
	onMove: (cursor: string) => void;
	busy?: boolean;
}

/** Where each page was reached from. After a reload in the middle only "First page" is known. */
const cameFrom = new Map<string, string>();

export function Pager({ cursor, nextCursor, onMove, busy = false }: PagerProps) {
	if (!cursor && !nextCursor) return null;
	const previous = cameFrom.get(cursor);
	const move = (next: string) => {
		onMove(next);
		scrollTo({ top: 0 });
	};
	return (
		<nav aria-label="Pages" class="mt-3 flex justify-end gap-2">
			{cursor && previous !== undefined && previous !== "" && (
				<Button look="ghost" onClick={() => move("")}>
					First page
				</Button>
			)}
			{cursor && (
				<Button icon="arrowLeft" disabled={busy} onClick={() => move(previous ?? "")}>
					{previous === undefined ? "First page" : "Previous"}
				</Button>
			)}
			{nextCursor && (
				<Button
					disabled={busy}
					onClick={() => {
						cameFrom.set(nextCursor, cursor);
						move(nextCursor);
					}}
				>
					Next
				</Button>
			)}
		</nav>
	);
}
