import { StatusBadge } from "../ui/status";
import { Time } from "../ui/values";
import { Round } from "./review";
import { Heading, Nothing } from "./shell";
import { usePortal } from "./use-page";
import { dayInWords, dayOf, saidDeliverable } from "./words";

export function Deliverables() {
	const { portalData, more } = usePortal().page;
	const today = dayOf(new Date());
	const { submission } = more;
	return (
		<>
			<Heading lead={`What ${more.workspaceName} makes for you.`}>Deliverables</Heading>
			{submission && submission.round > 0 && <Round submission={submission} />}
			{portalData.deliverables.length === 0 ? (
				<Nothing icon="file" title="Nothing here yet">
					What you will get is listed here as soon as the work is planned.
				</Nothing>
			) : (
				<ul class="card divide-y divide-line">
					{portalData.deliverables.map((deliverable) => {
						const said = saidDeliverable(deliverable, today);
						return (
							<li key={deliverable.id} class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4">
								<div class="min-w-0">
									<p class="font-medium wrap-anywhere">{deliverable.title}</p>
									<p class="text-ink-3">
										{deliverable.completedAt ? (
											<Time at={deliverable.completedAt} prefix="Completed " />
										) : deliverable.dueDate ? (
											`Due ${dayInWords(deliverable.dueDate)}`
										) : (
											"No date set"
										)}
										{deliverable.category && ` · ${deliverable.category}`}
									</p>
								</div>
								<StatusBadge tone={said.tone} icon={said.icon}>
									{said.word}
								</StatusBadge>
							</li>
						);
					})}
				</ul>
			)}
		</>
	);
}
