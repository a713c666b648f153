import type { PlanMilestone, Proposal, ProposalPhase } from "@/api";
import { formatDay, Money, None } from "@/ui";
import { dueWords } from "./words";

/** What a version says, to read. */
export function PlanView({ proposal }: { proposal: Proposal }) {
	const { plan, currency } = proposal;
	const [phases, milestones, instalments] = [plan.phases ?? [], plan.milestones ?? [], plan.instalments ?? []];
	const loose = milestones.filter((each) => !each.phaseId);
	return (
		<div class="grid grid-cols-1 gap-4">
			<section class="card p-5">
				<h2 class="mb-2 font-semibold">Purpose</h2>
				{plan.purpose ? (
					<p class="wrap-anywhere whitespace-pre-line text-ink-2">{plan.purpose}</p>
				) : (
					<p class="text-ink-3">Nothing is written yet.</p>
				)}
			</section>
			{(phases.length > 0 || milestones.length > 0) && (
				<section class="card p-5">
					<h2 class="mb-3 font-semibold">Plan</h2>
					<div class="grid grid-cols-1 gap-4">
						{phases.map((phase) => (
							<div key={phase.id}>
								<div class="flex flex-wrap justify-between gap-x-4">
									<h3 class="font-medium wrap-anywhere">{phase.title}</h3>
									<span class="text-ink-3">{spanWords(phase)}</span>
								</div>
								{phase.description && <p class="wrap-anywhere whitespace-pre-line text-ink-2">{phase.description}</p>}
								<Milestones milestones={milestones.filter((each) => each.phaseId === phase.id)} currency={currency} />
							</div>
						))}
						<Milestones milestones={loose} currency={currency} />
					</div>
				</section>
			)}
			<section class="card p-5">
				<h2 class="mb-3 font-semibold">Price and payments</h2>
				<dl class="grid grid-cols-[1fr_auto] gap-x-4 gap-y-2">
					{instalments.map((each) => (
						<div key={each.id} class="contents">
							<dt class="min-w-0 wrap-anywhere">
								{each.description} <span class="text-ink-3">· {dueWords(each, proposal)}</span>
							</dt>
							<dd class="text-right">
								<Money minor={each.amountMinor} currency={currency} />
							</dd>
						</div>
					))}
					<div class="contents font-semibold">
						<dt class="border-t border-line pt-2">Price</dt>
						<dd class="border-t border-line pt-2 text-right">
							<Money minor={plan.totalMinor} currency={currency} />
						</dd>
					</div>
				</dl>
			</section>
		</div>
	);
}

function spanWords({ startsOn, endsOn }: ProposalPhase): string {
	if (startsOn && endsOn) return `${formatDay(startsOn)} – ${formatDay(endsOn)}`;
	if (startsOn) return `from ${formatDay(startsOn)}`;
	return endsOn ? `until ${formatDay(endsOn)}` : "";
}

function Milestones({ milestones, currency }: { milestones: PlanMilestone[]; currency: string }) {
	if (milestones.length === 0) return null;
	return (
		<ul class="mt-2 divide-y divide-line border-y border-line">
			{milestones.map((each) => (
				<li key={each.id} class="grid grid-cols-[1fr_auto] gap-x-4 py-2">
					<span class="min-w-0 wrap-anywhere">{each.title}</span>
					{each.amountMinor ? <Money minor={each.amountMinor} currency={currency} /> : <None />}
					<span class="col-span-2 text-ink-3">
						{[each.category, each.dueOn && `due ${formatDay(each.dueOn)}`].filter(Boolean).join(" · ")}
					</span>
					{each.description && (
						<span class="col-span-2 wrap-anywhere whitespace-pre-line text-ink-2">{each.description}</span>
					)}
				</li>
			))}
		</ul>
	);
}
