import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, asProblem } from "@/api";
import { Button, ErrorState, Money, Skeleton } from "@/ui";
import { Where } from "./where";

/** What is and was done for a client. */
export function ClientProjects({ clientId }: { clientId: string }) {
	const query = useInfiniteQuery({
		queryKey: ["projects", "of-client", clientId],
		queryFn: ({ pageParam }) =>
			api.projects.list({ clientId, state: "all", limit: 10, ...(pageParam ? { cursor: pageParam } : {}) }),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	const projects = query.data?.pages.flatMap((page) => page.projects);
	return (
		<section class="card p-5" aria-labelledby="client-projects">
			<h2 id="client-projects" class="mb-2 font-semibold">
				Projects
			</h2>
			{projects ? (
				projects.length === 0 ? (
					<p class="text-ink-3">No projects yet.</p>
				) : (
					<ul class="divide-y divide-line">
						{projects.map((project) => (
							<li key={project.id} class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 last:pb-0">
								<Link
									href={`/projects/${project.id}`}
									className="touch min-w-0 grow font-medium wrap-anywhere hover:text-accent-ink"
								>
									{project.title}
								</Link>
								<Where project={project} />
								<Money minor={project.amountMinor} currency={project.currency} />
							</li>
						))}
					</ul>
				)
			) : query.isError ? (
				<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
			) : (
				<Skeleton lines={2} />
			)}
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show more
				</Button>
			)}
		</section>
	);
}
