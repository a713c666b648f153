import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Deliverable, type Project } from "@/api";
import { Button, ErrorState, Icon, Menu, Skeleton, StatusBadge } from "@/ui";
import { useAct } from "./acting";
import { Day } from "./day";
import { DeliverableDialog } from "./deliverable-dialog";
import { DELIVERABLE_STATES, NEXT_DELIVERABLE_STATES } from "./words";

interface DeliverablesProps {
	project: Project;
	editable: boolean;
}

/** What the client gets, and how far each of it is. */
export function Deliverables({ project, editable }: DeliverablesProps) {
	const [adding, setAdding] = useState(false);
	const query = useInfiniteQuery({
		queryKey: ["projects", "deliverables", project.id],
		queryFn: ({ pageParam }) => api.deliverables.ofProject(project.id, pageParam),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	const deliverables = query.data?.pages.flatMap((page) => page.deliverables);
	const { totals } = project;
	return (
		<section class="card p-5" aria-labelledby="project-deliverables">
			<div class="mb-3 flex flex-wrap items-start justify-between gap-3">
				<div>
					<h2 id="project-deliverables" class="font-semibold">
						Deliverables
					</h2>
					{totals.deliverables > 0 && (
						<p class="text-ink-2">
							{totals.deliverablesCompleted} of {totals.deliverables} completed
						</p>
					)}
				</div>
				{editable && (
					<Button size="sm" icon="plus" onClick={() => setAdding(true)}>
						Add a deliverable
					</Button>
				)}
			</div>
			{deliverables ? (
				deliverables.length === 0 ? (
					<p class="text-ink-3">Nothing to deliver is noted yet.</p>
				) : (
					<ul class="divide-y divide-line border-t border-line">
						{deliverables.map((each) => (
							<Row key={each.id} deliverable={each} project={project} editable={editable} />
						))}
					</ul>
				)
			) : query.isError ? (
				<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
			) : (
				<Skeleton lines={3} />
			)}
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show more
				</Button>
			)}
			{adding && <DeliverableDialog project={project} onClose={() => setAdding(false)} />}
		</section>
	);
}

function Row({ deliverable, project, editable }: DeliverablesProps & { deliverable: Deliverable }) {
	const { act } = useAct();
	const [editing, setEditing] = useState(false);
	const { id, title, status } = deliverable;
	const { label, tone, icon } = DELIVERABLE_STATES[status];
	return (
		<li class="flex items-start gap-3 py-3 last:pb-0">
			<div class="min-w-0 grow">
				<p class="font-medium wrap-anywhere">{title}</p>
				<div class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
					<StatusBadge tone={tone} {...(icon ? { icon } : {})}>
						{label}
					</StatusBadge>
					{deliverable.category && <span>{deliverable.category}</span>}
					{deliverable.dueDate && (
						<span>
							due <Day day={deliverable.dueDate} />
						</span>
					)}
				</div>
				{deliverable.description && (
					<p class="mt-1 wrap-anywhere whitespace-pre-line text-ink-2">{deliverable.description}</p>
				)}
				{deliverable.notes && <p class="mt-1 wrap-anywhere whitespace-pre-line text-ink-3">{deliverable.notes}</p>}
			</div>
			{editable && (
				<Menu
					label={`Actions for ${title}`}
					buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
					button={<Icon name="more" size={18} />}
					groups={[
						{
							heading: "Status",
							items: NEXT_DELIVERABLE_STATES[status].map((next) => ({
								label: DELIVERABLE_STATES[next].label,
								run: () =>
									act(
										next,
										() => api.deliverables.update(id, { status: next }),
										`${title}: ${DELIVERABLE_STATES[next].label.toLowerCase()}.`,
									),
							})),
						},
						{ items: [{ label: "Edit", icon: "pencil" as const, run: () => setEditing(true) }] },
					]}
				/>
			)}
			{editing && <DeliverableDialog project={project} deliverable={deliverable} onClose={() => setEditing(false)} />}
		</li>
	);
}
