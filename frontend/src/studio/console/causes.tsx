import { useQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type FailureGroup } from "@/api";
import { Button, formatBounded, formatCount, plural, Time } from "@/ui";
import { quoted, terms, withTerm } from "./search";

const SHOWN = 5;

/** Jobs of a list of failed ones by cause, above it: three causes tell more than three thousand rows. */
export function Causes({ search }: { search: string }) {
	const query = useQuery({
		queryKey: ["console", "jobs", "failures", search],
		queryFn: ({ signal }) => api.console.failures(search, signal),
		retry: false,
	});
	const [all, setAll] = useState(false);
	const groups = query.data?.failures ?? [];
	if (groups.length === 0) return null;
	const shown = all ? groups : groups.slice(0, SHOWN);
	return (
		<section aria-labelledby="causes" class="card mb-3 px-5 py-4">
			<div class="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
				<h2 id="causes" class="font-semibold">
					By cause
				</h2>
				{query.data?.jobs.capped && (
					<p class="text-xs text-ink-3">Of the newest {formatBounded(query.data.jobs)} jobs</p>
				)}
			</div>
			<ul class="-mx-2 grid grid-cols-1">
				{shown.map((group) => (
					<li
						key={`${group.kind} ${group.fingerprint}`}
						class="relative grid grid-cols-[3.5rem_minmax(0,1fr)] items-baseline gap-x-3 rounded-sm px-2 py-1.5 hover:bg-hover"
					>
						<span class="text-right font-semibold text-bad">{formatCount(group.jobs)}</span>
						<span class="grid min-w-0 gap-x-4 md:grid-cols-[minmax(0,1fr)_auto]">
							<span class="min-w-0">
								<Link
									href={`/console/jobs?search=${encodeURIComponent(narrowed(search, group))}`}
									aria-label={`${plural(group.jobs, "job")}: ${group.kind}, ${group.error ?? "no error"}`}
									className="font-medium after:absolute after:inset-0 after:content-['']"
								>
									{group.kind}
								</Link>
								<span class="block truncate text-xs text-bad">{group.error ?? "No error was recorded"}</span>
							</span>
							<span class="text-xs text-ink-3">
								<Time at={group.lastAt} prefix="latest " />
							</span>
						</span>
					</li>
				))}
			</ul>
			{groups.length > SHOWN && (
				<Button size="sm" look="ghost" class="mt-1" onClick={() => setAll(!all)}>
					{all ? "Show fewer" : `Show all ${formatCount(groups.length)}`}
				</Button>
			)}
		</section>
	);
}

/** The search with this cause added; what is searched by besides stays. */
function narrowed(search: string, { kind, fingerprint }: FailureGroup): string {
	const states = terms(search)
		.filter((term) => term.key === "state")
		.map((term) => `state:${quoted(term.value)}`);
	const rest = withTerm(withTerm(search, "state", null), "kind", kind);
	return [...states, withTerm(rest, "fingerprint", fingerprint ?? "none")].join(" ");
}
