import { useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Import, type ImportColumn } from "@/api";
import { Button, FormError, Section, Select, useIsNarrow } from "@/ui";
import {
	type Mapping as Chosen,
	firstMapping,
	mappingProblem,
	mappingToSend,
	SKIP,
	TARGETS,
	target,
	targetLabel,
} from "./words";

export function Mapping({ data }: { data: Import }) {
	const queries = useQueryClient();
	const [mapping, setMapping] = useState(() => firstMapping(data.columns));
	const [error, setError] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);

	const start = async () => {
		const problem = mappingProblem(mapping);
		setError(problem);
		if (problem) return;
		setBusy(true);
		try {
			const started = await api.imports.start(data.id, mappingToSend(mapping));
			queries.setQueryData(["imports", "one", data.id], started);
			queries.invalidateQueries({ queryKey: ["imports", "list"] });
		} catch (failure) {
			const refused = asProblem(failure);
			setError(refused.errors.map((each) => each.message).join(" ") || refused.message);
			setBusy(false);
		}
	};

	return (
		<>
			<Section title="Which column holds what?" lead="Our guesses are filled in. Change what is wrong.">
				<Columns
					columns={data.columns}
					mapping={mapping}
					onChoose={(index, field) => {
						setMapping({ ...mapping, [index]: target(field) });
						setError(null);
					}}
				/>
				<div class="mt-4 grid justify-items-start gap-3">
					{error && <FormError>{error}</FormError>}
					<Button look="primary" icon="play" busy={busy} onClick={start}>
						Start import
					</Button>
				</div>
			</Section>
			<Preview data={data} mapping={mapping} />
		</>
	);
}

interface ColumnsProps {
	columns: ImportColumn[];
	mapping: Chosen;
	onChoose: (index: string, field: string) => void;
}

function Columns({ columns, mapping, onChoose }: ColumnsProps) {
	const isNarrow = useIsNarrow();
	const select = (column: ImportColumn) => {
		const index = String(column.index);
		return (
			<Select
				aria-label={`${nameOf(column)} becomes`}
				value={mapping[index] ?? SKIP}
				onValue={(field) => onChoose(index, field)}
				options={TARGETS}
			/>
		);
	};
	if (isNarrow) {
		return (
			<ul class="card divide-y divide-line" aria-label="Columns">
				{columns.map((column) => (
					<li key={column.index} class="grid grid-cols-1 gap-2 px-4 py-3">
						<div class="min-w-0">
							<div class="font-medium wrap-anywhere">{nameOf(column)}</div>
							<div class="truncate text-ink-3">{samplesOf(column)}</div>
						</div>
						{select(column)}
					</li>
				))}
			</ul>
		);
	}
	return (
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
					{columns.map((column) => (
						<tr key={column.index} class={mapping[String(column.index)] === SKIP ? "text-ink-3" : ""}>
							<th scope="row" class="max-w-56 truncate px-5 py-2 font-medium">
								{nameOf(column)}
							</th>
							<td class="max-w-80 truncate px-4 py-2 text-ink-2">{samplesOf(column)}</td>
							<td class="px-5 py-2">{select(column)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

function nameOf(column: ImportColumn): string {
	return column.name.trim() || `Column ${column.index + 1}`;
}

function samplesOf(column: ImportColumn): string {
	return column.samples.filter((sample) => sample.trim()).join(", ") || "Empty in the first rows";
}

function Preview({ data, mapping }: { data: Import; mapping: Chosen }) {
	const taken = data.columns.filter((column) => (mapping[String(column.index)] ?? SKIP) !== SKIP);
	if (taken.length === 0 || data.preview.length === 0) return null;
	return (
		<Section title="Preview" lead={`The first ${data.preview.length} rows as they will be read.`}>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
			<section aria-label="Preview of the rows" tabIndex={0} class="card max-h-96 overflow-auto">
				<table class="w-full text-left">
					<thead>
						<tr class="text-xs text-ink-3">
							{taken.map((column) => (
								<th
									key={column.index}
									scope="col"
									class="sticky top-0 h-9 border-b border-line bg-surface px-5 font-medium whitespace-nowrap"
								>
									{targetLabel(mapping[String(column.index)] ?? "")}
								</th>
							))}
						</tr>
					</thead>
					<tbody class="divide-y divide-line">
						{data.preview.map((row, number) => (
							<tr key={`${number}-${row[0]}`}>
								{taken.map((column) => (
									<td key={column.index} class="max-w-72 truncate px-5 py-2 text-ink-2">
										{row[column.index] || <span class="text-ink-3">–</span>}
									</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			</section>
		</Section>
	);
}
