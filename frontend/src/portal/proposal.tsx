import { useEffect } from "preact/hooks";
import { StatusBadge, type Tone } from "../ui/status";
import { Money, Time } from "../ui/values";
import { api, type PortalData } from "./data";
import { Decide } from "./decide";
import { Card, Heading } from "./shell";
import { usePortal } from "./use-page";
import { dayInWords, dayOf, decides, dueWords, isOffered } from "./words";

type Phase = PortalData["proposal"]["phases"][number];
type Item = PortalData["proposal"]["milestones"][number];

const STATES: Record<string, { word: string; tone: Tone }> = {
	approved: { word: "Approved", tone: "done" },
	active: { word: "Approved", tone: "done" },
	completed: { word: "Completed", tone: "done" },
	declined: { word: "Declined", tone: "bad" },
	expired: { word: "Expired", tone: "idle" },
	withdrawn: { word: "Withdrawn", tone: "idle" },
};

export function Proposal() {
	const { page } = usePortal();
	const { portalData, more } = page;
	const { proposal, payments } = portalData;
	const state = STATES[proposal.status] ?? { word: "Waiting for a decision", tone: "active" as const };
	useEffect(() => {
		// looking is all that the client does here; whoever only opens the link, such as a filter of mails, does not get here
		if (proposal.status === "sent" && !page.preview) void api.act("view", {}).catch(() => {});
	}, [proposal.status, page.preview]);
	const loose = proposal.milestones.filter(({ phaseId }) => phaseId === null);
	return (
		<>
			<Heading>Proposal</Heading>
			<Card>
				<div class="mb-3 flex flex-wrap items-center gap-3">
					<StatusBadge tone={state.tone}>{state.word}</StatusBadge>
					{more.decidedAt && (
						<span class="text-ink-3">
							<Time at={more.decidedAt} />
						</span>
					)}
					{isOffered(proposal.status) && more.validUntil && (
						<span class="text-ink-2">Valid until {dayInWords(dayOf(new Date(more.validUntil)))}</span>
					)}
				</div>
				<p class="whitespace-pre-line wrap-anywhere">{proposal.purpose || "The plan stands below."}</p>
			</Card>
			{proposal.phases.map((phase) => (
				<Plan
					key={phase.id}
					phase={phase}
					items={proposal.milestones.filter(({ phaseId }) => phaseId === phase.id)}
					currency={more.currency}
				/>
			))}
			{loose.length > 0 && <Plan items={loose} currency={more.currency} />}
			<Card>
				<h2 class="mb-3 text-lg font-semibold">What it costs</h2>
				<dl class="grid gap-2">
					{payments.map((payment) => (
						<div key={payment.id} class="flex items-baseline justify-between gap-4">
							<dt class="min-w-0 wrap-anywhere">
								{payment.description}
								<span class="block text-ink-3">{dueWords(payment)}</span>
							</dt>
							<dd>
								<Money minor={payment.amount} currency={payment.currency} />
							</dd>
						</div>
					))}
					<div class="flex items-baseline justify-between gap-4 border-t border-line pt-2 font-semibold">
						<dt>In all</dt>
						<dd>
							<Money minor={more.total} currency={more.currency} />
						</dd>
					</div>
				</dl>
			</Card>
			{isOffered(proposal.status) && decides(page) && <Decide />}
		</>
	);
}

function Plan({ phase, items, currency }: { phase?: Phase; items: Item[]; currency: string }) {
	const span =
		phase &&
		[phase.startDate, phase.endDate]
			.filter((day) => day !== null)
			.map(dayInWords)
			.join(" to ");
	return (
		<Card>
			<h2 class="text-lg font-semibold wrap-anywhere">{phase ? phase.title : "More"}</h2>
			{span && <p class="text-ink-3">{span}</p>}
			{phase?.description && <p class="mt-1 whitespace-pre-line text-ink-2 wrap-anywhere">{phase.description}</p>}
			{items.length > 0 && (
				<ul class="mt-3 grid gap-3">
					{items.map((item) => (
						<li key={item.id} class="flex items-baseline justify-between gap-4 border-t border-line pt-3">
							<div class="min-w-0">
								<p class="font-medium wrap-anywhere">{item.title}</p>
								{item.description && <p class="whitespace-pre-line text-ink-2 wrap-anywhere">{item.description}</p>}
								{item.dueDate && <p class="text-ink-3">Due {dayInWords(item.dueDate)}</p>}
							</div>
							{item.amount > 0 && <Money minor={item.amount} currency={currency} />}
						</li>
					))}
				</ul>
			)}
		</Card>
	);
}
