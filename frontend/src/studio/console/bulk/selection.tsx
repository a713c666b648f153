import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api, asProblem, type BulkVerb, type JobRow, type JobState } from "@/api";
import { Button, FormError, formatCount, plural } from "@/ui";
import { useSession } from "../../session";
import { isTyping } from "../keys";
import { ALARMING } from "../words";
import { verbWord } from "./words";

const LIVE: readonly JobState[] = ["scheduled", "waiting", "parked", "queued", "running"];
const MOST_TICKED = 1_000;

export interface Selection {
	/** Whether this person may act at all. */
	offered: boolean;
	jobs: Map<string, JobRow>;
	/** Everything that the search finds, also what is on no page yet. */
	everything: boolean;
	toggle: (job: JobRow, range: boolean) => void;
	choosePage: () => void;
	chooseEverything: () => void;
	clear: () => void;
}

/** Rows stay chosen from page to page; another search forgets them. */
export function useSelection(rows: JobRow[], search: string, current: string | null): Selection {
	const { operator } = useSession();
	const [jobs, setJobs] = useState<Map<string, JobRow>>(new Map());
	const [everything, setEverything] = useState(false);
	const anchor = useRef<string | null>(null);
	const offered = operator === "full";

	useEffect(() => {
		setJobs(new Map());
		setEverything(false);
		anchor.current = null;
	}, [search]);

	const toggle = (job: JobRow, range: boolean) => {
		// All that match has no rows to take out of it: it is cleared as a whole.
		if (everything) return;
		const from = rows.findIndex((row) => row.id === anchor.current);
		const to = rows.findIndex((row) => row.id === job.id);
		const chosen = !jobs.has(job.id);
		const touched = range && from >= 0 ? rows.slice(Math.min(from, to), Math.max(from, to) + 1) : [job];
		const next = new Map(jobs);
		for (const each of touched) {
			if (chosen) next.set(each.id, each);
			else next.delete(each.id);
		}
		anchor.current = job.id;
		setJobs(next);
	};

	const latest = useRef({ rows, current, toggle });
	latest.current = { rows, current, toggle };
	useEffect(() => {
		if (!offered) return;
		const onKey = (event: KeyboardEvent) => {
			if (event.key.toLowerCase() !== "x" || (isTyping(event) && !isTick(event.target))) return;
			const { rows, current, toggle } = latest.current;
			const job = rows.find((row) => row.id === current);
			if (job) toggle(job, event.shiftKey);
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, [offered]);

	return useMemo(
		() => ({
			offered,
			jobs,
			everything,
			toggle,
			choosePage: () => setJobs(new Map([...jobs, ...rows.map((row) => [row.id, row] as const)])),
			chooseEverything: () => setEverything(true),
			clear: () => {
				setJobs(new Map());
				setEverything(false);
			},
		}),
		[offered, jobs, everything, rows],
	);
}

function isTick(target: EventTarget | null): boolean {
	return target instanceof HTMLInputElement && target.type === "checkbox";
}

export function Tick({ job, selection }: { job: JobRow; selection: Selection }) {
	return (
		<span class="touch-square relative z-10 inline-grid size-6 place-items-center">
			<input
				type="checkbox"
				aria-label={`Choose ${job.kind} ${job.id}`}
				class="size-4 accent-(--accent)"
				disabled={selection.everything}
				title={selection.everything ? "All jobs that match are chosen. Clear that to tick rows." : undefined}
				checked={selection.everything || selection.jobs.has(job.id)}
				onClick={(event) => selection.toggle(job, event.shiftKey)}
			/>
		</span>
	);
}

/** What can be done with what is chosen. Nothing is done before its preview was seen. */
export function SelectionBar({ selection, search, onPage }: { selection: Selection; search: string; onPage: number }) {
	const [, navigate] = useLocation();
	const [busy, setBusy] = useState<BulkVerb | null>(null);
	const [error, setError] = useState<string | null>(null);
	const count = selection.jobs.size;
	useEffect(() => setError(null), [count, selection.everything]);
	if (!selection.offered || onPage === 0) return null;

	const states = [...selection.jobs.values()].map((job) => job.state);
	const verbs: BulkVerb[] = selection.everything
		? ["retry", "cancel", "delete"]
		: [
				...(states.some((state) => ALARMING.includes(state)) ? (["retry", "delete"] as const) : []),
				...(states.some((state) => LIVE.includes(state)) ? (["cancel"] as const) : []),
			];
	const preview = async (verb: BulkVerb) => {
		setBusy(verb);
		setError(null);
		try {
			const which = selection.everything ? { search } : { jobIds: [...selection.jobs.keys()] };
			const bulk = await api.bulk.preview({ verb, ...which });
			navigate(`/console/bulk/${bulk.id}`);
		} catch (failure) {
			const problem = asProblem(failure);
			setError(problem.errors[0]?.message ?? problem.message);
			setBusy(null);
		}
	};

	if (count === 0 && !selection.everything) {
		return (
			<div class="mb-2 flex flex-wrap items-center gap-2 text-ink-3">
				<Button size="sm" look="ghost" onClick={selection.choosePage}>
					Choose this page
				</Button>
				{search !== "" && (
					<Button size="sm" look="ghost" onClick={selection.chooseEverything}>
						Choose all that match
					</Button>
				)}
			</div>
		);
	}
	return (
		<section
			aria-label="Chosen jobs"
			class="sticky top-2 z-20 mb-2 grid gap-2 rounded-md border border-line bg-surface px-3 py-2 shadow-float"
		>
			<div class="flex flex-wrap items-center gap-2">
				<p role="status" class="mr-auto font-medium">
					{selection.everything
						? "All jobs that match"
						: `${formatCount(count)} ${count === 1 ? "job" : "jobs"} chosen`}
				</p>
				{!selection.everything && search !== "" && (
					<Button size="sm" look="ghost" onClick={selection.chooseEverything}>
						Choose all that match
					</Button>
				)}
				{count > MOST_TICKED && !selection.everything ? (
					<p class="text-bad">At most {plural(MOST_TICKED, "job")} can be ticked. Use a search.</p>
				) : (
					verbs.map((verb) => (
						<Button
							key={verb}
							size="sm"
							icon={verb === "retry" ? "refresh" : verb === "cancel" ? "ban" : "trash"}
							busy={busy === verb}
							disabled={busy !== null}
							onClick={() => preview(verb)}
						>
							{verbWord(verb)}…
						</Button>
					))
				)}
				{verbs.length === 0 && <p class="text-ink-3">What has ended well stays as it is.</p>}
				<Button size="sm" look="ghost" icon="x" onClick={selection.clear}>
					Clear
				</Button>
			</div>
			{error && <FormError>{error}</FormError>}
		</section>
	);
}
