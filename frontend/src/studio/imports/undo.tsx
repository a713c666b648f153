import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Import, type ImportLeftover } from "@/api";
import {
	Button,
	type Column,
	Confirm,
	formatCount,
	Load,
	None,
	Pager,
	Progress,
	plural,
	Section,
	Table,
	toast,
	useUrlState,
} from "@/ui";

/** Whether there is anything to take back. */
export function canUndo(data: Import): boolean {
	const ended = data.state === "completed" || data.state === "cancelled" || data.state === "failed";
	return ended && data.outcomesKept && data.created + data.updated > 0 && data.fileDeletedAt === null;
}

export function Undo({ data }: { data: Import }) {
	const [asking, setAsking] = useState(false);
	return (
		<>
			<Button icon="restore" onClick={() => setAsking(true)}>
				Undo import
			</Button>
			{asking && <Ask data={data} onClose={() => setAsking(false)} />}
		</>
	);
}

function Ask({ data, onClose }: { data: Import; onClose: () => void }) {
	const queries = useQueryClient();
	const forecast = useQuery({
		queryKey: ["imports", "undo", data.id],
		queryFn: () => api.imports.forecast(data.id),
		gcTime: 0,
	});
	return (
		<Confirm
			danger
			title="Undo this import?"
			action="Undo import"
			onClose={onClose}
			run={async () => {
				queries.setQueryData(["imports", "one", data.id], await api.imports.undo(data.id));
				queries.invalidateQueries({ queryKey: ["imports", "list"] });
				toast("The import is being undone.");
			}}
		>
			<Load query={forecast}>
				{({ removed, restored, kept, passedOver }) => (
					<ul class="list-disc space-y-1 pl-5">
						{removed > 0 && <li>{plural(removed, "client")} that it created will be removed.</li>}
						{passedOver > 0 && (
							<li>
								{plural(passedOver, "of them also stands", "of them also stand")} in a later import, which skipped{" "}
								{passedOver === 1 ? "that row" : "those rows"}. To have them back, undo and import that file again.
							</li>
						)}
						{restored > 0 && <li>{plural(restored, "client")} that it changed will be as before.</li>}
						{kept > 0 && (
							<li>
								{plural(kept, "client")} that somebody has changed since, or a running import has too, will stay as they
								are.
							</li>
						)}
					</ul>
				)}
			</Load>
			<p>The file and what became of its rows can still be looked at.</p>
		</Confirm>
	);
}

/** How far it is, and once it is over, who stayed. */
export function Undone({ data }: { data: Import }) {
	const { undo } = data;
	if (!undo) return null;
	if (data.state === "undoing") {
		return (
			<section class="card mb-6 p-5" aria-label="Progress of undoing">
				<Progress
					label="Undoing the import"
					unit="rows"
					done={undo.processedRows}
					total={undo.totalRows}
					rate={undo.rowsPerSecond}
					secondsLeft={undo.secondsLeft}
				/>
				<p class="mt-3 text-ink-3">You can close this page. Undoing goes on.</p>
			</section>
		);
	}
	return (
		<>
			{data.state === "undone" && (
				<p class="mb-4 text-ink-2">
					Undone: {plural(undo.removed, "client")} removed, {formatCount(undo.restored)} as before,{" "}
					{formatCount(undo.kept)} left as they are.
				</p>
			)}
			{undo.kept > 0 && <Leftovers data={data} />}
		</>
	);
}

const WHY: Record<string, string> = {
	edited: "Somebody has changed this client since",
	imported: "Another import has changed this client since",
	merged: "Merged with another client",
	matched: "An import that ran at the same time has this client as well",
};

const COLUMNS: Column<ImportLeftover>[] = [
	{ key: "row", label: "Row", class: "w-20 text-ink-2", cell: (row) => formatCount(row.rowNumber) },
	{ key: "client", label: "Client", cell: (row) => <Client row={row} /> },
	{ key: "why", label: "Why", class: "text-ink-2", cell: (row) => WHY[row.reason] ?? row.reason },
];

function Client({ row }: { row: ImportLeftover }) {
	if (row.client.name === null) return <None />;
	return (
		<Link href={`/clients/${row.client.id}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">
			{row.client.name}
		</Link>
	);
}

function Leftovers({ data }: { data: Import }) {
	const { state, set } = useUrlState({ left: "" });
	const query = useQuery({
		queryKey: ["imports", "leftovers", data.id, state.left],
		queryFn: () => api.imports.leftovers(data.id, state.left || undefined),
		placeholderData: keepPreviousData,
	});
	return (
		<Section title="Clients that stayed" lead="Archive or change them one by one if they should go as well.">
			<Load query={query}>
				{(page) => (
					<>
						<Table
							caption="Clients that stayed"
							columns={COLUMNS}
							rows={page.leftovers}
							rowKey={(row) => String(row.rowNumber)}
							busy={query.isPlaceholderData}
							card={(row) => (
								<div class="grid gap-0.5">
									<div class="text-xs text-ink-3">Row {formatCount(row.rowNumber)}</div>
									<Client row={row} />
									<div class="text-ink-2">{WHY[row.reason] ?? row.reason}</div>
								</div>
							)}
						/>
						<Pager
							cursor={state.left}
							nextCursor={page.nextCursor}
							busy={query.isPlaceholderData}
							onMove={(left) => set({ left })}
						/>
					</>
				)}
			</Load>
		</Section>
	);
}
