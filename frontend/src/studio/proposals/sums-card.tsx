import { formatMoney, Icon, Money } from "@/ui";
import { type PlanDraft, sums } from "./draft";

/** What the amounts come to, while they are typed. */
export function SumsCard({ draft }: { draft: PlanDraft }) {
	const { total, milestones, instalments, readable } = sums(draft);
	const { currency } = draft;
	const lacks = total - instalments;
	return (
		<section class="card p-5">
			<h2 class="mb-3 font-semibold">Sums</h2>
			<dl class="grid grid-cols-[1fr_auto] gap-x-4 gap-y-2">
				<dt class="text-ink-2">Price</dt>
				<dd class="text-right">
					<Money minor={total} currency={currency} />
				</dd>
				<dt class="text-ink-2">Milestones</dt>
				<dd class="text-right">
					<Money minor={milestones} currency={currency} />
				</dd>
				<dt class="text-ink-2">Payments</dt>
				<dd class="text-right">
					<Money minor={instalments} currency={currency} />
				</dd>
			</dl>
			<div role="status" class="mt-3 grid gap-1.5">
				{!readable && <Note>Some amounts cannot be read yet.</Note>}
				{milestones > total && <Note>Milestones come to {formatMoney(milestones - total, currency)} too much.</Note>}
				{lacks > 0 && <Note>{formatMoney(lacks, currency)} are in no payment yet.</Note>}
				{lacks < 0 && <Note>Payments come to {formatMoney(-lacks, currency)} too much.</Note>}
				{readable && lacks === 0 && milestones <= total && (
					<p class="flex items-start gap-1.5 text-done">
						<Icon name="check" class="mt-0.5" />
						The sums fit.
					</p>
				)}
			</div>
		</section>
	);
}

function Note({ children }: { children: preact.ComponentChildren }) {
	return (
		<p class="flex items-start gap-1.5 text-bad">
			<Icon name="alert" class="mt-0.5" />
			<span>{children}</span>
		</p>
	);
}
