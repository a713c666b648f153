import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api } from "@/api";
import { Button, Load, Money } from "@/ui";
import { State } from "./state";

/** What was offered to a client, or to the people of a company. */
export function ProposalsCard({ of }: { of: { clientId: string } | { companyId: string } }) {
	const query = useInfiniteQuery({
		queryKey: ["proposals", "list", of],
		queryFn: ({ pageParam }) => api.proposals.list({ ...of, limit: 10, ...(pageParam ? { cursor: pageParam } : {}) }),
		initialPageParam: "",
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	return (
		<section class="card p-5">
			<h2 class="mb-2 font-semibold">Proposals</h2>
			<Load query={query}>
				{(data) => {
					const proposals = data.pages.flatMap((page) => page.proposals);
					if (proposals.length === 0) return <p class="text-ink-3">No proposals yet.</p>;
					return (
						<ul class="divide-y divide-line">
							{proposals.map((proposal) => (
								<li key={proposal.id} class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 last:pb-0">
									<Link
										href={`/proposals/${proposal.id}`}
										className="touch min-w-0 grow font-medium wrap-anywhere hover:text-accent-ink"
									>
										{proposal.title}
									</Link>
									<State row={proposal} />
									<Money minor={proposal.totalMinor} currency={proposal.currency} />
								</li>
							))}
						</ul>
					);
				}}
			</Load>
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show more
				</Button>
			)}
		</section>
	);
}
