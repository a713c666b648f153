import { useRef, useState } from "preact/hooks";

/** The list with one item in another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
	const next = [...list];
	const [item] = next.splice(from, 1);
	if (item === undefined) return [...list];
	next.splice(Math.max(0, Math.min(to, next.length)), 0, item);
	return next;
}

/**
 * Puts a list into another order: by dragging its handles, with mouse or finger, and by the arrow keys on them.
 * `save` is told the whole order, once a move has ended.
 */
export function useReorder(ids: string[], save: (ids: string[], id: string) => void) {
	const list = useRef<HTMLOListElement>(null);
	const [dragged, setDragged] = useState<{ id: string; order: string[] } | null>(null);
	const latest = useRef(dragged);
	const set = (next: typeof dragged) => {
		latest.current = next;
		setDragged(next);
	};

	const onPointerDown = (id: string) => (event: PointerEvent) => {
		if (event.button !== 0) return;
		(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
		set({ id, order: ids });
	};
	const onPointerMove = (event: PointerEvent) => {
		const drag = latest.current;
		if (!drag || !list.current) return;
		const rows = [...list.current.children].map((row) => row.getBoundingClientRect());
		const to = rows.findIndex((row) => event.clientY < row.top + row.height);
		const from = drag.order.indexOf(drag.id);
		const place = to === -1 ? rows.length - 1 : to;
		const target = rows[place];
		if (!target || place === from) return;
		// only past the middle, or rows of different heights would jump back and forth
		const isPast =
			place > from ? event.clientY > target.top + target.height / 2 : event.clientY < target.top + target.height / 2;
		if (isPast) set({ id: drag.id, order: moved(drag.order, from, place) });
	};
	const onPointerUp = () => {
		const drag = latest.current;
		set(null);
		if (drag && drag.order.join() !== ids.join()) save(drag.order, drag.id);
	};
	const move = (id: string, by: number) => {
		const from = ids.indexOf(id);
		const to = from + by;
		if (to >= 0 && to < ids.length) save(moved(ids, from, to), id);
	};
	const onKeyDown = (id: string) => (event: KeyboardEvent) => {
		const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
		if (by === undefined) return;
		event.preventDefault();
		move(id, by);
	};

	return {
		list,
		order: dragged?.order ?? ids,
		dragged: dragged?.id ?? null,
		move,
		handle: (id: string) => ({
			onPointerDown: onPointerDown(id),
			onPointerMove,
			onPointerUp,
			onPointerCancel: () => set(null),
			onKeyDown: onKeyDown(id),
		}),
	};
}
