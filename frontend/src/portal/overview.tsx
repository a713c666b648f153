import { Link } from "wouter-preact";
import { ButtonLink } from "../ui/button";
import { plural } from "../ui/format";
import { Icon } from "../ui/icon";
import { Money, Time } from "../ui/values";
import { Card, Heading } from "./shell";
import { usePortal } from "./use-page";
import { dayInWords, nextStep, paidSum, type Step, steps } from "./words";

export function Overview() {
	const { page } = usePortal();
	const { portalData, more } = page;
	const next = nextStep(page);
	const { completedDeliverables, totalDeliverables, nextMilestone } = portalData.status;
	const news = more.updates[0];
	return (
		<>
			<Heading lead={more.brand.welcome}>Overview</Heading>
			<Card class="border-l-4 border-l-accent">
				<h2 class="mb-1 text-lg font-semibold">{next.title}</h2>
				<p class="text-ink-2">{next.text}</p>
				{next.action && (
					<ButtonLink href={next.action.to} look="primary" class="mt-4 max-sm:w-full">
						{next.action.label}
						<Icon name="arrowRight" />
					</ButtonLink>
				)}
			</Card>
			<Card>
				<h2 class="mb-4 text-lg font-semibold">Where it stands</h2>
				<Steps steps={steps(page)} />
				{totalDeliverables > 0 && (
					<div class="mt-5 grid gap-2">
						<div
							role="progressbar"
							aria-label="Deliverables"
							aria-valuemin={0}
							aria-valuemax={totalDeliverables}
							aria-valuenow={completedDeliverables}
							aria-valuetext={`${completedDeliverables} of ${plural(totalDeliverables, "deliverable")}`}
							class="h-2 overflow-hidden rounded-full bg-idle-soft"
						>
							<div
								class="bar-fill grows h-full rounded-full bg-accent"
								style={{ width: `${(completedDeliverables / totalDeliverables) * 100}%` }}
							/>
						</div>
						<p class="text-ink-2">
							{completedDeliverables} of {plural(totalDeliverables, "deliverable")} completed
							{nextMilestone && <> · next: {nextMilestone}</>}
						</p>
					</div>
				)}
			</Card>
			{news && (
				<Card>
					<h2 class="mb-2 text-lg font-semibold">Latest news</h2>
					<p class="font-medium wrap-anywhere">{news.title}</p>
					{news.body && <p class="mt-1 whitespace-pre-line text-ink-2 wrap-anywhere">{news.body}</p>}
					<p class="mt-2 text-ink-3">
						<Time at={news.at} />
					</p>
				</Card>
			)}
			<Costs />
			{more.project?.deadline && (
				<p class="text-ink-2">The whole is due on {dayInWords(more.project.deadline.slice(0, 10))}.</p>
			)}
		</>
	);
}

function Costs() {
	const { portalData, more } = usePortal().page;
	if (portalData.payments.length === 0) return null;
	const paid = paidSum(portalData.payments);
	const next = portalData.status.nextPayment;
	return (
		<Card>
			<h2 class="mb-3 text-lg font-semibold">Costs</h2>
			<dl class="grid gap-2">
				<Line name="In all" minor={more.total} currency={more.currency} />
				<Line name="Paid" minor={paid} currency={more.currency} />
				{next && (
					<Line
						name={next.dueDate ? `Next, due ${dayInWords(next.dueDate)}` : "Next"}
						minor={next.amount}
						currency={next.currency}
					/>
				)}
			</dl>
			<p class="mt-3">
				<Link href="/payments" className="font-medium text-accent-ink underline underline-offset-4">
					All payments
				</Link>
			</p>
		</Card>
	);
}

export function Line({ name, minor, currency }: { name: string; minor: number; currency: string }) {
	return (
		<div class="flex items-baseline justify-between gap-4">
			<dt class="text-ink-2">{name}</dt>
			<dd class="font-medium">
				<Money minor={minor} currency={currency} />
			</dd>
		</div>
	);
}

const MARKS: Record<Step["state"], string> = {
	done: "bg-done text-surface",
	current: "bg-accent text-on-accent",
	next: "bg-idle-soft text-idle",
};
const SAID: Record<Step["state"], string> = { done: "completed", current: "now", next: "to come" };

function Steps({ steps }: { steps: Step[] }) {
	return (
		<ol class="grid gap-0 sm:grid-flow-col sm:auto-cols-fr">
			{steps.map(({ label, state }, index) => (
				<li
					key={label}
					aria-current={state === "current" ? "step" : undefined}
					class="relative flex items-center gap-3 pb-4 last:pb-0 sm:flex-col sm:gap-2 sm:pb-0 sm:text-center"
				>
					{index > 0 && (
						<span
							aria-hidden="true"
							style={{ animationDelay: `${index * 60}ms` }}
							class={`grows absolute max-sm:-top-4 max-sm:left-[0.9375rem] max-sm:h-4 max-sm:w-0.5 sm:top-[0.9375rem] sm:right-[calc(50%+1rem)] sm:left-[calc(-50%+1rem)] sm:h-0.5 ${
								state === "next" ? "bg-line" : "bg-done"
							}`}
						/>
					)}
					<span class={`grid size-8 shrink-0 place-items-center rounded-full ${MARKS[state]}`}>
						{state === "done" ? <Icon name="check" size={18} /> : <span aria-hidden="true">{index + 1}</span>}
					</span>
					<span class={state === "current" ? "font-semibold" : "text-ink-2"}>
						{label}
						<span class="sr-only">: {SAID[state]}</span>
					</span>
				</li>
			))}
		</ol>
	);
}
