import { useInfiniteQuery } from "@tanstack/react-query";
import { api, asProblem, type TimelineEvent } from "@/api";
import { Button, ErrorState, Icon, Skeleton, Time } from "@/ui";
import { eventWords } from "./words";

/** What happened in a project, newest first. */
export function Timeline({ id }: { id: string }) {
	const query = useInfiniteQuery({
		queryKey: ["projects", "timeline", id],
		queryFn: ({ pageParam }) => api.projects.timeline(id, pageParam),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	// that a file was checked is news to the list of files alone
	const events = query.data?.pages
		.flatMap((page) => page.events)
		.filter(({ kind }) => kind !== "file_available" && kind !== "file_prepared");
	return (
		<section class="card p-5" aria-labelledby="project-timeline">
			<h2 id="project-timeline" class="mb-4 font-semibold">
				Timeline
			</h2>
			{events ? (
				<ol class="grid gap-4">
					{events.map((event) => (
						<Event key={event.number} event={event} />
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

function Event({ event }: { event: TimelineEvent }) {
	const { icon, words } = eventWords(event);
	const side = event.actor === "client" ? " (client)" : "";
	return (
		<li class="grid grid-cols-[1.5rem_1fr] gap-x-2">
			<Icon name={icon} class="mt-0.5 text-ink-3" />
			<div class="min-w-0">
				<p class="wrap-anywhere">
					{words}
					{event.title && `: ${event.title}`}
					{event.round !== null && `, round ${event.round}`}
					{event.percent !== null && `, ${event.percent} %`}
				</p>
				<p class="text-ink-3">
					{event.by && `${event.by}${side} · `}
					<Time at={event.at} />
				</p>
				{event.note && <p class="line-clamp-4 wrap-anywhere whitespace-pre-line text-ink-2">{event.note}</p>}
			</div>
		</li>
	);
}
