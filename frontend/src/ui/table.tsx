import type { ComponentChildren } from "preact";
import { useSyncExternalStore } from "preact/compat";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon";

/** Below this a table of six columns is no pleasure any more: phones, and tablets beside the rail. */
const narrow = matchMedia("(max-width: 71.99rem)");

export function useIsNarrow(): boolean {
	return useSyncExternalStore(
		(changed) => {
			narrow.addEventListener("change", changed);
			return () => narrow.removeEventListener("change", changed);
		},
		() => narrow.matches,
	);
}

export interface Column<Row> {
	key: string;
	label: string;
	/** Name of the sort; a minus in front turns it round. */
	sort?: string;
	align?: "right";
	class?: string;
	/** Leaves the heading to screen readers. */
	quiet?: boolean;
	cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
	caption: string;
	columns: Column<Row>[];
	rows: Row[];
	rowKey: (row: Row) => string;
	sort?: string;
	onSort?: (sort: string) => void;
	/** Where it is narrow each row is a card. */
	card: (row: Row) => ComponentChildren;
	/** Marks a row chosen by keys. */
	current?: string | null;
	busy?: boolean;
}

export function Table<Row>({
	caption,
	columns,
	rows,
	rowKey,
	sort,
	onSort,
	card,
	current,
	busy = false,
}: TableProps<Row>) {
	const isNarrow = useIsNarrow();
	const frame = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		// What scrolls must be reachable by key; what does not scroll should be no stop on the way.
		const element = frame.current;
		if (!element) return;
		if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
		else element.removeAttribute("tabindex");
	});
	const dim = busy ? "opacity-60" : "";
	if (isNarrow) {
		return (
			<ul
				aria-label={caption}
				aria-busy={busy}
				class={`card divide-y divide-line transition-opacity duration-150 ${dim}`}
			>
				{rows.map((row) => (
					<li
						key={rowKey(row)}
						data-row={rowKey(row)}
						class={`relative px-4 py-3 ${current === rowKey(row) ? "bg-accent-soft" : ""}`}
					>
						{card(row)}
					</li>
				))}
			</ul>
		);
	}
	return (
		<div ref={frame} class="card relative overflow-x-auto">
			<table aria-busy={busy} class={`w-full border-collapse text-left transition-opacity duration-150 ${dim}`}>
				<caption class="sr-only">{caption}</caption>
				<thead>
					<tr class="border-b border-line text-xs text-ink-3">
						{columns.map((column) => (
							<Heading key={column.key} column={column} sort={sort} onSort={onSort} />
						))}
					</tr>
				</thead>
				<tbody class="divide-y divide-line">
					{rows.map((row) => {
						const key = rowKey(row);
						return (
							<tr
								key={key}
								data-row={key}
								aria-current={current === key ? "true" : undefined}
								class={`relative h-11 ${current === key ? "bg-accent-soft" : "hover:bg-hover"}`}
							>
								{columns.map((column) => (
									<td
										key={column.key}
										class={`px-4 py-1.5 first:pl-5 last:pr-5 ${column.align === "right" ? "text-right" : ""} ${column.class ?? ""}`}
									>
										{column.cell(row)}
									</td>
								))}
							</tr>
						);
					})}
				</tbody>
			</table>
		</div>
	);
}

function Heading<Row>({
	column,
	sort,
	onSort,
}: {
	column: Column<Row>;
	sort: string | undefined;
	onSort: ((sort: string) => void) | undefined;
}) {
	const side = column.align === "right" ? "text-right" : "";
	const base = `h-9 px-4 first:pl-5 last:pr-5 font-medium whitespace-nowrap ${side} ${column.class ?? ""}`;
	if (!column.sort || !onSort) {
		return (
			<th scope="col" class={base}>
				<span class={column.quiet ? "sr-only" : ""}>{column.label}</span>
			</th>
		);
	}
	const direction = sort === column.sort ? "ascending" : sort === `-${column.sort}` ? "descending" : "none";
	const next = direction === "ascending" ? `-${column.sort}` : column.sort;
	return (
		<th scope="col" aria-sort={direction} class={base}>
			<button
				type="button"
				class={`-mx-1.5 inline-flex h-7 items-center gap-1 rounded-sm px-1.5 hover:bg-hover hover:text-ink ${direction === "none" ? "" : "text-ink"}`}
				onClick={() => onSort(next)}
			>
				{column.label}
				<Icon
					name={direction === "ascending" ? "sortUp" : direction === "descending" ? "sortDown" : "sort"}
					size={14}
					class={direction === "none" ? "opacity-60" : ""}
				/>
			</button>
		</th>
	);
}

/** Makes a whole row a target while the link's text stays the name. */
export const ROW_LINK =
	"font-medium text-ink hover:text-accent-ink after:absolute after:inset-0 after:content-[''] " +
	"focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 " +
	"focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-ink";
