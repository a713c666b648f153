import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, asProblem, type ClientEvent } from "@/api";
import { Button, ErrorState, Icon, type IconName, Skeleton, Time } from "@/ui";

/** What happened to a client, newest first; who did it, and what stood in the fields before and after. */
export function History({ id }: { id: string }) {
	const query = useInfiniteQuery({
		queryKey: ["clients", "history", id],
		queryFn: ({ pageParam }) => api.clients.history(id, pageParam),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	const events = query.data?.pages.flatMap((page) => page.events);
	return (
		<section class="card p-5" aria-labelledby="client-history">
			<h2 id="client-history" class="mb-4 font-semibold">
				History
			</h2>
			{events ? (
				<ol class="grid gap-4">
					{events.map((event) => (
						<Event key={event.id + event.at} event={event} />
					))}
				</ol>
			) : query.isError ? (
				<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
			) : (
				<Skeleton />
			)}
			{query.hasNextPage && (
				<Button size="sm" class="mt-4" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show earlier
				</Button>
			)}
		</section>
	);
}

const KINDS: Record<ClientEvent["kind"], { icon: IconName; words: string }> = {
	created: { icon: "plus", words: "Added" },
	imported: { icon: "imports", words: "Added by an import" },
	updated: { icon: "pencil", words: "Changed" },
	updatedByImport: { icon: "imports", words: "Changed by an import" },
	importUndone: { icon: "restore", words: "An import was undone" },
	archived: { icon: "archive", words: "Archived" },
	restored: { icon: "restore", words: "Restored" },
	merged: { icon: "swap", words: "Another client was merged into this one" },
	mergedInto: { icon: "swap", words: "Merged into another client" },
	mergeUndone: { icon: "restore", words: "A merge was undone" },
};

const FIELDS: Record<string, string> = {
	name: "Name",
	email: "Email",
	company: "Company",
	phone: "Phone",
	timezone: "Time zone",
	genres: "Genres",
	budgetMinor: "Budget",
	budgetCurrency: "Currency",
	communication: "Likes to hear by",
	satisfaction: "Satisfaction",
	referralSource: "Came through",
	notes: "Notes",
};

function Event({ event }: { event: ClientEvent }) {
	const { icon, words } = KINDS[event.kind];
	return (
		<li class="grid grid-cols-[1.5rem_1fr] gap-x-2">
			<Icon name={icon} class="mt-0.5 text-ink-3" />
			<div class="min-w-0">
				<p>
					{words}
					{event.by && ` by ${event.by}`}
					<span class="text-ink-3">
						{" · "}
						<Time at={event.at} />
					</span>
				</p>
				{event.import && (
					<p class="wrap-anywhere text-ink-2">
						<Link href={`/imports/${event.import.id}`} className="text-accent-ink underline-offset-4 hover:underline">
							{event.import.filename}
						</Link>
						{event.import.row !== null && `, row ${event.import.row}`}
					</p>
				)}
				{event.changes.length > 0 && (
					<dl class="mt-1 grid gap-1">
						{event.changes.map((change) => (
							<div key={change.field} class="grid grid-cols-1 gap-x-3 sm:grid-cols-[8rem_1fr]">
								<dt class="text-ink-3">{FIELDS[change.field] ?? change.field}</dt>
								<dd class="min-w-0 text-ink-2">
									<Change from={change.from} to={change.to} />
								</dd>
							</div>
						))}
					</dl>
				)}
			</div>
		</li>
	);
}

function Change({ from, to }: { from: string | null; to: string | null }) {
	if (from === null && to === null) return <span class="text-ink-3">changed</span>;
	return (
		<span class="line-clamp-6 wrap-anywhere whitespace-pre-line">
			{from === null ? <Empty /> : <del class="text-ink-3">{from}</del>}
			<span aria-hidden="true"> → </span>
			<span class="sr-only"> is now </span>
			{to === null ? <Empty /> : <ins class="no-underline">{to}</ins>}
		</span>
	);
}

function Empty() {
	return <span class="text-ink-3 italic">empty</span>;
}
