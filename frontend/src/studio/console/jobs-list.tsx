import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import {
	api,
	asProblem,
	type JobList,
	type JobQuery,
	type JobRow,
	type JobState,
	type LookedThrough,
	type Problem,
} from "@/api";
import {
	Button,
	type Column,
	Dialog,
	EmptyState,
	formatBounded,
	formatCount,
	Icon,
	Load,
	None,
	Pager,
	plural,
	ROW_LINK,
	StaleNotice,
	StatusBadge,
	Table,
	Tabs,
	Time,
	useUrlState,
} from "@/ui";
import { type Selection, SelectionBar, Tick, useSelection } from "./bulk/selection";
import { Causes } from "./causes";
import { useOverview, usePollInterval } from "./live";
import { SavedSearches } from "./saved-searches";
import { SEARCH_KEYS, termValue, type Values, withTerm } from "./search";
import { SearchBox } from "./search-box";
import { useChosenRow } from "./use-chosen-row";
import { ALARMING, countWords, JOB_WORDS, STATE_ORDER } from "./words";

const DEFAULTS = { search: "", cursor: "" };

/** Their numbers only grow and tell an operator nothing; the overview has them. */
const ENDED_WELL: readonly JobState[] = ["succeeded", "cancelled"];

export function JobsList() {
	const { state: url, set } = useUrlState(DEFAULTS);
	const [help, setHelp] = useState(false);
	const overview = useOverview();
	const kinds = useQuery({ queryKey: ["console", "kinds"], queryFn: api.console.kinds, staleTime: 300_000 });
	const pollInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "jobs", url.search, url.cursor],
		queryFn: ({ signal }) => api.console.jobs(asked(url), signal),
		placeholderData: keepPreviousData,
		retry: false,
		// What cannot be read is wrong the next time as well; asking again would show the list before it for a moment.
		enabled: ({ state }) => wrongSearch(state.error) === null,
		// Later pages are history; only the first one is live.
		refetchInterval: url.cursor ? false : pollInterval,
	});
	const page = query.isPlaceholderData ? undefined : query.data;
	// Back at the beginning the address is the plain one again, and the page is live.
	const isFirst = url.cursor !== "" && page?.previousCursor === null;
	useEffect(() => {
		if (isFirst) set({ cursor: "" }, { replace: true });
	}, [isFirst, set]);
	const jobs = query.data?.jobs ?? [];
	const current = useChosenRow(
		jobs.map((job) => job.id),
		(id) => `/console/jobs/${id}`,
	);
	const selection = useSelection(jobs, url.search, current);
	const counts = overview.data?.counts;
	const state = termValue(url.search, "state");
	const tab = (wanted: JobState | null) => `/console/jobs${searchQuery(withTerm(url.search, "state", wanted))}`;
	const failed = state !== "" && state.split(",").every((each) => (ALARMING as readonly string[]).includes(each));
	const showsCauses = failed && termValue(url.search, "fingerprint") === "" && url.cursor === "";
	const wrong = wrongSearch(query.error);
	const values: Values = {
		state: STATE_ORDER.map((each) => ({ value: each, hint: JOB_WORDS[each].label })),
		kind: (kinds.data?.kinds ?? []).map((each) => ({ value: each.kind, hint: each.description })),
		queue: (overview.data?.queues ?? []).map((each) => ({ value: each.name, hint: each.paused ? "paused" : "" })),
		node: (overview.data?.nodes ?? []).map((each) => ({ value: each.name, hint: each.state })),
		since: ["15m", "1h", "24h", "7d"].map((value) => ({ value, hint: "ago" })),
		before: ["1h", "24h", "7d"].map((value) => ({ value, hint: "ago" })),
	};

	return (
		<>
			<Tabs
				pills
				label="Jobs by state"
				tabs={[
					{ href: tab(null), label: "All", current: state === "" },
					...STATE_ORDER.map((each) => {
						const count = counts?.[each];
						return {
							href: tab(each),
							label: JOB_WORDS[each].label,
							current: state === each,
							...(count && !ENDED_WELL.includes(each) ? { count: formatBounded(count) } : {}),
							alarming: ALARMING.includes(each) && (count?.count ?? 0) > 0,
						};
					}),
				]}
			/>
			<div class="mb-3 flex flex-wrap items-start gap-2">
				<SearchBox
					search={url.search}
					onSearch={(search) => set({ search })}
					values={values}
					error={wrong ? wrong.errors.map(({ message }) => message).join(" ") || wrong.message : undefined}
					onHelp={() => setHelp(true)}
				/>
				<SavedSearches search={url.search} onSearch={(search) => set({ search })} />
			</div>
			{url.search !== "" && !wrong && <Count search={url.search} page={page} isWhole={url.cursor === ""} />}
			{showsCauses && !wrong && <Causes search={url.search} />}
			{!wrong && <StaleNotice query={query} />}
			{wrong ? (
				<EmptyState icon="search" title="This search cannot be read">
					What is wrong stands below the search field.
				</EmptyState>
			) : (
				<Load query={query}>
					{(data) => (
						<>
							<SelectionBar selection={selection} search={url.search} onPage={data.jobs.length} />
							{data.jobs.length > 0 ? (
								<Table
									caption="Jobs"
									columns={selection.offered ? [tickColumn(selection), ...COLUMNS] : COLUMNS}
									rows={data.jobs}
									rowKey={(job) => job.id}
									busy={query.isPlaceholderData}
									current={current}
									card={(job) =>
										selection.offered ? (
											<div class="grid grid-cols-[auto_minmax(0,1fr)] gap-2">
												<Tick job={job} selection={selection} />
												<Card job={job} />
											</div>
										) : (
											<Card job={job} />
										)
									}
								/>
							) : (
								!data.lookedThrough && <Nothing search={url.search} state={state} />
							)}
							{data.lookedThrough && (
								<LookFurther
									looked={data.lookedThrough}
									found={data.jobs.length}
									busy={query.isPlaceholderData}
									onMove={() =>
										set({ cursor: (data.lookedThrough?.back ? data.previousCursor : data.nextCursor) ?? "" })
									}
								/>
							)}
							<Pager
								cursor={url.cursor}
								nextCursor={data.lookedThrough && !data.lookedThrough.back ? null : data.nextCursor}
								previousCursor={data.lookedThrough?.back ? null : data.previousCursor}
								busy={query.isPlaceholderData}
								onMove={(cursor) => set({ cursor })}
							/>
						</>
					)}
				</Load>
			)}
			{help && <SearchHelp onClose={() => setHelp(false)} />}
		</>
	);
}

/** What is wrong with the search itself. */
function wrongSearch(error: Error | null): Problem | null {
	const problem = error && asProblem(error);
	return problem?.code === "invalid_search" ? problem : null;
}

/** What is not asked for is left out. */
function asked({ search, cursor }: typeof DEFAULTS): JobQuery {
	return { ...(search && { search }), ...(cursor && { cursor }) };
}

function searchQuery(search: string): string {
	return search ? `?search=${encodeURIComponent(search)}` : "";
}

function Nothing({ search, state }: { search: string; state: string }) {
	const searched = withTerm(search, "state", null) !== "";
	return (
		<EmptyState icon="console" title={searched ? "No job fits this search" : "No jobs here"}>
			{!searched && (ALARMING as readonly string[]).includes(state)
				? "Nothing has failed for good. That is how it should be."
				: searched
					? "Ended jobs are kept for 30 days. Take a word out of the search, or choose another state."
					: "Jobs appear here as soon as they are asked for."}
		</EmptyState>
	);
}

interface CountProps {
	search: string;
	page: JobList | undefined;
	/** Whether the page begins at the beginning of the list. */
	isWhole: boolean;
}

/** How many jobs fit. Where the page shows all of them nobody else is asked; counting never holds the page up. */
function Count({ search, page, isWhole }: CountProps) {
	const all = page && isWhole && page.nextCursor === null ? page.jobs.length : null;
	const query = useQuery({
		queryKey: ["console", "jobs-count", search],
		queryFn: ({ signal }) => api.console.countJobs(search, signal),
		enabled: page !== undefined && all === null,
		staleTime: 15_000,
		retry: false,
	});
	const count = all === null ? query.data?.jobs : { count: all, capped: false };
	return (
		<p role="status" class="mb-2 min-h-5 text-ink-2">
			{count !== undefined && countWords(count)}
		</p>
	);
}

interface LookFurtherProps {
	looked: LookedThrough;
	found: number;
	busy: boolean;
	onMove: () => void;
}

/** A search reads so many jobs and no more; then it says how far it came, and goes on when it is told to. */
function LookFurther({ looked, found, busy, onMove }: LookFurtherProps) {
	return (
		<div role="status" class="mt-3 flex flex-wrap items-center gap-3 rounded-md bg-active-soft px-4 py-2.5 text-active">
			<Icon name="search" />
			<span class="grow">
				{found === 0 ? "Nothing found yet" : `${plural(found, "job")} found so far`}: looked through{" "}
				{formatCount(looked.jobs)} jobs, {looked.back ? "back to" : "as far as"} <Time at={looked.until} />. Narrow the
				search by kind or time, or look further.
			</span>
			<Button size="sm" busy={busy} onClick={onMove}>
				Look further
			</Button>
		</div>
	);
}

function SearchHelp({ onClose }: { onClose: () => void }) {
	return (
		<Dialog title="How to search jobs" onClose={onClose} wide>
			<p class="mb-4 text-ink-2">
				All terms must fit. A word alone is looked for in errors, an id alone is a job. A value with blanks stands in
				quotes.
			</p>
			<dl class="grid grid-cols-1 gap-x-6 gap-y-2.5 sm:grid-cols-[auto_1fr]">
				{SEARCH_KEYS.map(({ key, hint, example }) => (
					<div key={key} class="grid grid-cols-subgrid sm:col-span-2">
						<dt>
							<code class="font-mono text-xs wrap-anywhere">{example}</code>
						</dt>
						<dd class="text-ink-2">{hint}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}

function kindLink(job: JobRow) {
	return (
		<Link href={`/console/jobs/${job.id}`} className={`${ROW_LINK} block truncate`}>
			{job.kind}
		</Link>
	);
}

export function JobStateBadge({ job }: { job: Pick<JobRow, "state" | "cancelRequested" | "decided"> }) {
	const { label, tone, icon } = JOB_WORDS[job.state];
	if (job.decided) {
		return (
			<StatusBadge tone="idle" icon={icon}>
				{label}, decided on
			</StatusBadge>
		);
	}
	return (
		<StatusBadge tone={tone} icon={icon}>
			{job.cancelRequested && job.state === "running" ? "Cancelling" : label}
		</StatusBadge>
	);
}

function detail(job: JobRow): string {
	if (job.lastError && job.state !== "succeeded") return job.lastError;
	if (job.progress && job.state === "running") {
		const { done, total, note } = job.progress;
		const count = total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
		return note ? `${count}, ${note}` : count;
	}
	return "";
}

function tickColumn(selection: Selection): Column<JobRow> {
	return {
		key: "tick",
		label: "Choose",
		quiet: true,
		class: "w-10 pr-0!",
		cell: (job) => <Tick job={job} selection={selection} />,
	};
}

const COLUMNS: Column<JobRow>[] = [
	{
		key: "kind",
		label: "Job",
		class: "max-w-96 min-w-56",
		cell: (job) => (
			<div class="grid grid-cols-1">
				{kindLink(job)}
				{detail(job) && (
					<span class={`truncate text-xs ${ALARMING.includes(job.state) ? "text-bad" : "text-ink-3"}`}>
						{detail(job)}
					</span>
				)}
			</div>
		),
	},
	{ key: "state", label: "State", cell: (job) => <JobStateBadge job={job} /> },
	{ key: "queue", label: "Queue", class: "text-ink-2", cell: (job) => job.queue },
	{
		key: "workspace",
		label: "Workspace",
		class: "max-w-40 truncate text-ink-2",
		cell: (job) => job.workspaceName ?? <None />,
	},
	{
		key: "attempt",
		label: "Attempts",
		align: "right",
		class: "text-ink-2",
		cell: (job) => `${job.attempt} of ${job.maxAttempts}`,
	},
	{ key: "age", label: "Asked for", class: "text-ink-2", cell: (job) => <Time at={job.createdAt} /> },
];

function Card({ job }: { job: JobRow }) {
	return (
		<div class="grid grid-cols-1 gap-1">
			<div class="flex items-center justify-between gap-3">
				<div class="min-w-0">{kindLink(job)}</div>
				<JobStateBadge job={job} />
			</div>
			{detail(job) && (
				<div class={`truncate text-xs ${ALARMING.includes(job.state) ? "text-bad" : "text-ink-3"}`}>{detail(job)}</div>
			)}
			<div class="text-ink-2">
				{job.queue} · attempt {job.attempt} of {job.maxAttempts} · <Time at={job.createdAt} />
			</div>
		</div>
	);
}
