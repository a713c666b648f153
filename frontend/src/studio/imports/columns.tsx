import { useState } from "preact/hooks";
import type { ImportColumn } from "@/api";
import { Button, plural, Select, useIsNarrow } from "@/ui";
import { type Mapping, SKIP, TARGETS } from "./words";

/** Of a file with more columns, only those that are taken over are shown at first. */
const FEW = 20;

interface ColumnsProps {
	columns: ImportColumn[];
	mapping: Mapping;
	onChoose: (index: string, field: string) => void;
}

export function Columns({ columns, mapping, onChoose }: ColumnsProps) {
	const isNarrow = useIsNarrow();
	const isTaken = (column: ImportColumn) => (mapping[String(column.index)] ?? SKIP) !== SKIP;
	// what was shown stays, or a row would vanish under the hand that leaves it out
	const [first] = useState(() => new Set(columns.filter(isTaken).map((column) => column.index)));
	const [all, setAll] = useState(columns.length <= FEW || first.size === 0);
	const shown = all ? columns : columns.filter((column) => first.has(column.index) || isTaken(column));
	const select = (column: ImportColumn) => {
		const index = String(column.index);
		return (
			<Select
				aria-label={`${column.name} becomes`}
				value={mapping[index] ?? SKIP}
				onValue={(field) => onChoose(index, field)}
				options={TARGETS}
			/>
		);
	};
	const chosen = Object.values(mapping);
	const others = (chosen.includes("otherEmail") || chosen.includes("otherPhone")) && (
		<p class="mt-2 text-xs text-ink-3">
			Other emails and phones are used where the first is empty, else kept in the notes.
		</p>
	);
	const hidden = columns.length - shown.length;
	const more = hidden > 0 && (
		<Button class="mt-3" onClick={() => setAll(true)}>
			Show {plural(hidden, "more column")} that {hidden === 1 ? "is" : "are"} left out
		</Button>
	);
	if (isNarrow) {
		return (
			<>
				<ul class="card divide-y divide-line" aria-label="Columns">
					{shown.map((column) => (
						<li key={column.index} class="grid grid-cols-1 gap-2 px-4 py-3">
							<div class="min-w-0">
								<div class="font-medium wrap-anywhere">{column.name}</div>
								<div class="truncate text-ink-3">{samplesOf(column)}</div>
							</div>
							{select(column)}
						</li>
					))}
				</ul>
				{others}
				{more}
			</>
		);
	}
	return (
		<>
			<div class="card overflow-x-auto">
				<table class="w-full text-left">
					<caption class="sr-only">Columns of the file</caption>
					<thead>
						<tr class="border-b border-line text-xs text-ink-3">
							<th scope="col" class="h-9 px-5 font-medium">
								Column in the file
							</th>
							<th scope="col" class="h-9 px-4 font-medium">
								Examples
							</th>
							<th scope="col" class="h-9 w-64 px-5 font-medium">
								Becomes
							</th>
						</tr>
					</thead>
					<tbody class="divide-y divide-line">
						{shown.map((column) => (
							<tr key={column.index} class={isTaken(column) ? "" : "text-ink-3"}>
								<th scope="row" class="max-w-56 truncate px-5 py-2 font-medium">
									{column.name}
								</th>
								<td class="max-w-80 truncate px-4 py-2 text-ink-2">{samplesOf(column)}</td>
								<td class="px-5 py-2">{select(column)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			{others}
			{more}
		</>
	);
}

function samplesOf(column: ImportColumn): string {
	return column.samples.filter((sample) => sample.trim()).join(", ") || "Empty in the first rows";
}
