import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Batch, type BatchState } from "@/api";
import {
	Button,
	ButtonLink,
	type Column,
	Confirm,
	EmptyState,
	Facts,
	formatCount,
	Load,
	None,
	oneOf,
	Page,
	Pager,
	Progress,
	plural,
	ROW_LINK,
	Section,
	StaleNotice,
	StatusBadge,
	Table,
	Tabs,
	Time,
	toast,
	useUrlState,
	words,
} from "@/ui";
import { Acts } from "./acting";
import { LiveBadge } from "./badge";
import { usePollInterval } from "./live";
import { jobsHref } from "./search";
import { useChosenRow } from "./use-chosen-row";
import { BATCH_WORDS, JOB_WORDS } from "./words";

const STATES: BatchState[] = ["open", "sealed", "done", "cancelled"];

export function Batches() {
	const { state: asked, set, href } = useUrlState({ state: "", cursor: "" });
	const state = oneOf(asked.state, ["", ...STATES], "");
	const refetchInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "batches", state, asked.cursor],
		queryFn: () => api.console.batches(state || undefined, asked.cursor || undefined),
		placeholderData: keepPreviousData,
		refetchInterval,
	});
	const current = useChosenRow(
		(query.data?.batches ?? []).map(({ id }) => id),
		(id) => `/console/batches/${id}`,
	);
	return (
		<>
			<Tabs
				pills
				label="Batches by state"
				tabs={[
					{ href: href({ state: "" }), label: "All", current: state === "" },
					...STATES.map((each) => ({
						href: href({ state: each }),
						label: BATCH_WORDS[each].label,
						current: state === each,
					})),
				]}
			/>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ batches, nextCursor }) =>
					batches.length === 0 ? (
						<EmptyState icon="queue" title="No batches here">
							A batch is many jobs with one end, such as an import or a bulk action. Ended ones stay for 30 days.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Batches"
								columns={COLUMNS}
								rows={batches}
								rowKey={(batch) => batch.id}
								current={current}
								busy={query.isPlaceholderData}
								card={(batch) => (
									<div class="grid gap-1.5">
										<div class="flex flex-wrap items-center justify-between gap-2">
											<BatchLink batch={batch} />
											<State batch={batch} />
										</div>
										<Bar batch={batch} compact />
										<div class="text-ink-2">
											{formatCount(ended(batch))} of {formatCount(batch.total)}
											{batch.dead > 0 && <span class="text-bad"> · {formatCount(batch.dead)} dead</span>} ·{" "}
											<Time at={batch.createdAt} />
										</div>
									</div>
								)}
							/>
							<Pager
								cursor={asked.cursor}
								nextCursor={nextCursor}
								onMove={(cursor) => set({ cursor })}
								busy={query.isFetching}
							/>
						</>
					)
				}
			</Load>
		</>
	);
}

function ended(batch: Batch): number {
	return batch.succeeded + batch.dead + batch.cancelled;
}

function what(batch: Batch): string {
	return words(batch.kind.replaceAll(".", " "));
}

function BatchLink({ batch }: { batch: Batch }) {
	return (
		<Link href={`/console/batches/${batch.id}`} className={ROW_LINK}>
			{what(batch)}
		</Link>
	);
}

function State({ batch }: { batch: Batch }) {
	const { label, tone, icon } = BATCH_WORDS[batch.state];
	return (
		<StatusBadge tone={tone} icon={icon}>
			{label}
		</StatusBadge>
	);
}

function Bar({ batch, compact = false }: { batch: Batch; compact?: boolean }) {
	return (
		<Progress
			label={`Progress of ${what(batch)}`}
			done={ended(batch)}
			total={batch.total}
			unit="jobs ended"
			rate={batch.finishedAt ? null : batch.perSecond}
			secondsLeft={batch.secondsLeft}
			compact={compact}
		/>
	);
}

const COLUMNS: Column<Batch>[] = [
	{ key: "kind", label: "What for", cell: (batch) => <BatchLink batch={batch} /> },
	{ key: "workspace", label: "Workspace", class: "text-ink-2", cell: (batch) => batch.workspaceName ?? <None /> },
	{ key: "state", label: "State", cell: (batch) => <State batch={batch} /> },
	{ key: "progress", label: "Progress", class: "w-40", cell: (batch) => <Bar batch={batch} compact /> },
	{
		key: "ended",
		label: "Ended",
		align: "right",
		cell: (batch) => `${formatCount(ended(batch))} of ${formatCount(batch.total)}`,
	},
	{
		key: "dead",
		label: "Dead",
		align: "right",
		cell: (batch) => <span class={batch.dead > 0 ? "text-bad" : "text-ink-3"}>{formatCount(batch.dead)}</span>,
	},
	{ key: "created", label: "Opened", class: "text-ink-2", cell: (batch) => <Time at={batch.createdAt} /> },
];

export function BatchPage({ id }: { id: string }) {
	const refetchInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "batch", id],
		queryFn: () => api.console.batch(id),
		refetchInterval,
	});
	const batch = query.data;
	return (
		<Page
			title={batch ? what(batch) : "Batch"}
			documentTitle={batch ? `${what(batch)}, batch` : "Batch"}
			back={{ href: "/console/batches", label: "Batches" }}
			lead={batch?.workspaceName ?? undefined}
			badge={
				<>
					{batch && <State batch={batch} />}
					<LiveBadge />
				</>
			}
			actions={
				batch && (
					<>
						<ButtonLink href={jobsHref({ batch: batch.id })} icon="console">
							Its jobs
						</ButtonLink>
						<Cancel batch={batch} />
					</>
				)
			}
		>
			<StaleNotice query={query} />
			<Load query={query} whyGone="It ended more than 30 days ago, or there never was such a batch.">
				{(data) => (
					<>
						<div class="card mb-6 p-5">
							<Bar batch={data} />
						</div>
						<Section title="About">
							<div class="card p-5">
								<Facts
									class="sm:grid-cols-2 lg:grid-cols-4"
									facts={[
										["Succeeded", formatCount(data.succeeded)],
										["Dead", <Dead key="dead" batch={data} />],
										["Cancelled", formatCount(data.cancelled)],
										["Waiting or running", formatCount(data.total - ended(data))],
										["Opened", <Time key="opened" at={data.createdAt} />],
										[
											"Sealed",
											data.sealedAt ? <Time key="sealed" at={data.sealedAt} /> : "not yet: more jobs may come",
										],
										["Ended", data.finishedAt ? <Time key="ended" at={data.finishedAt} /> : "not yet"],
										["Asked for at its end", <AtTheEnd key="end" batch={data} />],
									]}
								/>
							</div>
						</Section>
					</>
				)}
			</Load>
		</Page>
	);
}

function Dead({ batch }: { batch: Batch }) {
	if (batch.dead === 0) return <>0</>;
	return (
		<Link href={jobsHref({ state: "dead", batch: batch.id })} className="text-bad underline underline-offset-4">
			{formatCount(batch.dead)}
		</Link>
	);
}

function AtTheEnd({ batch }: { batch: Batch }) {
	if (batch.doneJob) {
		return (
			<Link href={`/console/jobs/${batch.doneJob.id}`} className="text-accent-ink underline underline-offset-4">
				{batch.doneJob.kind}, {JOB_WORDS[batch.doneJob.state].label.toLowerCase()}
			</Link>
		);
	}
	return batch.onDoneKind ? <code class="font-mono text-xs">{batch.onDoneKind}</code> : <None />;
}

function Cancel({ batch }: { batch: Batch }) {
	const queries = useQueryClient();
	const [asking, setAsking] = useState(false);
	if (batch.finishedAt || batch.state === "cancelled") return null;
	return (
		<Acts>
			<Button icon="ban" onClick={() => setAsking(true)}>
				Cancel batch
			</Button>
			{asking && (
				<Confirm
					title="Cancel this batch?"
					action="Cancel batch"
					danger
					onClose={() => setAsking(false)}
					run={async () => {
						await api.console.cancelBatch(batch.id);
						await queries.invalidateQueries({ queryKey: ["console", "batch", batch.id] });
						toast("The batch is cancelled.");
					}}
				>
					<p>
						{plural(batch.total - ended(batch), "job")} of {formatCount(batch.total)} have not ended. Those that wait
						end as cancelled, those that run are asked to stop. What is done stays done.
					</p>
				</Confirm>
			)}
		</Acts>
	);
}
