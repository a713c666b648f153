import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/api";
import { Button, Load, Time } from "@/ui";
import { eventWords } from "./words";

/** Everything that happened to a proposal, newest first. */
export function ProposalHistory({ id }: { id: string }) {
	const query = useInfiniteQuery({
		queryKey: ["proposals", "history", id],
		queryFn: ({ pageParam }) => api.proposals.history(id, pageParam || undefined),
		initialPageParam: "",
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	return (
		<section class="card p-5">
			<h2 class="mb-3 font-semibold">History</h2>
			<Load query={query}>
				{(data) => (
					<ol class="grid grid-cols-1 gap-3">
						{data.pages
							.flatMap((page) => page.events)
							.map((event) => (
								<li key={event.id}>
									<p class="wrap-anywhere">
										{event.by && <span class="font-medium">{event.by} </span>}
										{eventWords(event)}
									</p>
									{event.note && <p class="wrap-anywhere whitespace-pre-line text-ink-2">“{event.note}”</p>}
									<p class="text-xs text-ink-3">
										<Time at={event.at} />
									</p>
								</li>
							))}
					</ol>
				)}
			</Load>
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show older
				</Button>
			)}
		</section>
	);
}
