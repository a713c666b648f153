import { useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, type Import } from "@/api";
import {
	Button,
	ButtonLink,
	Confirm,
	ExactTime,
	exactTime,
	Facts,
	formatBytes,
	formatCount,
	formatDuration,
	Icon,
	Load,
	None,
	Page,
	Progress,
	plural,
	StaleNotice,
	StatusBadge,
	secondsBetween,
	toast,
} from "@/ui";
import { Mapping } from "./mapping";
import { Rows } from "./rows";
import { canUndo, Undo, Undone } from "./undo";
import { useImport } from "./use-import";
import { badgeWords, isOver, rejectedNote, targetLabel } from "./words";

export function ImportPage({ id }: { id: string }) {
	const query = useImport(id);
	const data = query.data;
	return (
		<Page
			title={data?.filename ?? "Import"}
			back={{ href: "/imports", label: "Imports" }}
			badge={data && <Badge data={data} />}
			lead={data && summary(data)}
			actions={data && <Actions data={data} />}
		>
			<StaleNotice query={query} />
			<Load query={query}>{(each) => (each.state === "uploaded" ? <Mapping data={each} /> : <Run data={each} />)}</Load>
		</Page>
	);
}

function Badge({ data }: { data: Import }) {
	const { label, tone, icon } = badgeWords(data);
	const note = rejectedNote(data);
	return (
		<>
			<StatusBadge tone={tone} icon={icon}>
				{label}
			</StatusBadge>
			{note && <span class="text-ink-2">{note}</span>}
		</>
	);
}

function summary(data: Import): string {
	const rows = data.totalRows === null ? "" : `, ${plural(data.totalRows, "row")}`;
	const author = data.createdBy ? `, uploaded by ${data.createdBy.name}` : "";
	return `${formatBytes(data.sizeBytes)}${rows}${author}`;
}

function Actions({ data }: { data: Import }) {
	if (data.state === "undoing") return null;
	if (!isOver(data.state)) return <Cancel data={data} />;
	return (
		<>
			{canUndo(data) && <Undo data={data} />}
			{data.suggested > 0 && (
				<ButtonLink href={`/merges?importId=${data.id}`}>See {plural(data.suggested, "possible duplicate")}</ButtonLink>
			)}
			{data.state !== "undone" && data.created > 0 && <SeeClients id={data.id} />}
		</>
	);
}

function SeeClients({ id }: { id: string }) {
	return (
		<ButtonLink href={`/clients?importId=${id}`} icon="clients">
			See the clients
		</ButtonLink>
	);
}

function Cancel({ data }: { data: Import }) {
	const queries = useQueryClient();
	const [asking, setAsking] = useState(false);
	const started = data.state !== "uploaded";
	return (
		<>
			<Button icon="ban" onClick={() => setAsking(true)}>
				{started ? "Cancel import" : "Discard"}
			</Button>
			{asking && (
				<Confirm
					danger
					title={started ? "Cancel this import?" : "Discard this import?"}
					action={started ? "Cancel import" : "Discard"}
					onClose={() => setAsking(false)}
					run={async () => {
						queries.setQueryData(["imports", "one", data.id], await api.imports.cancel(data.id));
						queries.invalidateQueries({ queryKey: ["imports", "list"] });
						toast(started ? "The import is cancelled." : "The import is discarded.");
					}}
				>
					<p>
						{started
							? `${plural(data.created, "client")} created so far stay, and so does what was changed. The remaining rows are not imported. A cancelled import can be undone.`
							: "Nothing has been imported from this file. You can upload it again."}
					</p>
				</Confirm>
			)}
		</>
	);
}

function Run({ data }: { data: Import }) {
	const over = isOver(data.state);
	const imports = data.state === "planning" || data.state === "running";
	return (
		<>
			{imports && (
				<section class="card mb-6 p-5" aria-label="Progress">
					{data.state === "planning" ? (
						<div class="grid gap-3">
							<p class="flex items-center gap-2 text-ink-2">
								<Icon name="spinner" class="animate-spin" />
								Counting rows and splitting the work
							</p>
							<Progress compact label="Preparing" done={0} total={null} />
						</div>
					) : (
						<Progress
							label="Import"
							unit="rows"
							done={data.processedRows}
							total={data.totalRows}
							rate={data.rowsPerSecond}
							secondsLeft={data.secondsLeft}
						/>
					)}
					<p class="mt-3 text-ink-3">You can close this page. The import goes on.</p>
				</section>
			)}
			{data.failure && (
				<div role="alert" class="mb-6 flex items-start gap-2 rounded-md bg-bad-soft px-4 py-3 text-bad">
					<Icon name="alert" class="mt-0.5" />
					<div>
						<p class="font-medium">{data.undo ? "Undoing stopped." : "The import stopped."}</p>
						<p>{data.failure}</p>
					</div>
				</div>
			)}
			{over && data.suggesting && (
				<p role="status" class="mb-4 flex items-center gap-2 text-ink-2">
					<Icon name="spinner" class="animate-spin" />
					Looking for possible duplicates
				</p>
			)}
			{data.state === "cancelled" && data.startedAt && (
				<p class="mb-4 text-ink-2">
					Cancelled after {formatCount(data.processedRows)}
					{data.totalRows === null ? "" : ` of ${formatCount(data.totalRows)}`} rows. What was created or changed stays
					{canUndo(data) ? "; undo the import to take it back." : "."}
				</p>
			)}
			<Undone data={data} />
			{(data.startedAt || data.state === "completed") && <Numbers data={data} />}
			{data.fileDeletedAt && (
				<p class="mb-4 text-ink-2">
					{data.rejected > 0 ? "The file and its rejected rows were" : "The file was"} deleted on{" "}
					{exactTime(new Date(data.fileDeletedAt))}.
				</p>
			)}
			{over && !data.fileDeletedAt && <Rows data={data} />}
			<Details data={data} />
		</>
	);
}

function Numbers({ data }: { data: Import }) {
	const numbers: [string, number, string][] = [
		["Created", data.created, "text-done"],
		["Updated", data.updated, ""],
		["Skipped", data.skipped, ""],
		["Rejected", data.rejected, data.rejected > 0 ? "text-bad" : ""],
	];
	return (
		<dl class="mb-6 grid grid-cols-2 gap-2 sm:grid-cols-4 sm:gap-4">
			{numbers.map(([label, count, tone]) => (
				<div key={label} class="card px-3 py-3 sm:px-5 sm:py-4">
					<dt class="text-ink-2">{label}</dt>
					<dd class={`text-xl font-semibold sm:text-2xl ${count > 0 ? tone : "text-ink-3"}`}>{formatCount(count)}</dd>
				</div>
			))}
		</dl>
	);
}

function Details({ data }: { data: Import }) {
	const mapped = data.columns.filter((column) => data.mapping?.[String(column.index)]);
	return (
		<section class="card p-5">
			<h2 class="mb-4 font-semibold">Details</h2>
			<Facts
				class="sm:grid-cols-3"
				facts={[
					["Started", data.startedAt ? <ExactTime at={data.startedAt} /> : <None />],
					["Finished", data.finishedAt ? <ExactTime at={data.finishedAt} /> : <None />],
					[
						"Took",
						data.startedAt && data.finishedAt ? (
							formatDuration(secondsBetween(data.startedAt, data.finishedAt))
						) : (
							<None />
						),
					],
				]}
			/>
			{mapped.length > 0 && (
				<>
					<h3 class="mt-4 mb-0.5 text-xs text-ink-3">Columns</h3>
					<ul class="grid gap-x-8 gap-y-0.5 sm:grid-cols-3">
						{mapped.map((column) => (
							<li key={column.index} class="flex min-w-0 items-center gap-1.5">
								<span class="truncate">{column.name}</span>
								<Icon name="arrowRight" size={12} class="text-ink-3" />
								<span class="sr-only">becomes</span>
								<span class="truncate">{targetLabel(data.mapping?.[String(column.index)] ?? "")}</span>
							</li>
						))}
					</ul>
				</>
			)}
		</section>
	);
}
