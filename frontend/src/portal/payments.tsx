import { StatusBadge } from "../ui/status";
import { Money } from "../ui/values";
import { Line } from "./overview";
import { Card, Heading, Nothing } from "./shell";
import { usePortal } from "./use-page";
import { dayOf, dueWords, paidSum, saidPayment } from "./words";

export function Payments() {
	const { portalData, more } = usePortal().page;
	const { payments } = portalData;
	const today = dayOf(new Date());
	const agreed = more.project !== null;
	const paid = paidSum(payments);
	const planned = payments.reduce((sum, payment) => sum + payment.amount, 0);
	return (
		<>
			<Heading
				lead={agreed ? "What it costs, what is paid, and what comes." : "What was proposed. Nothing is due yet."}
			>
				Payments
			</Heading>
			{payments.length === 0 ? (
				<Nothing icon="queue" title="No payments are planned">
					{more.total > 0 ? `${more.workspaceName} will tell you how to pay.` : "This project costs nothing."}
				</Nothing>
			) : (
				<>
					<Card>
						<h2 class="mb-3 text-lg font-semibold">In short</h2>
						<dl class="grid gap-2">
							<Line name="In all" minor={more.total} currency={more.currency} />
							{agreed && <Line name="Paid" minor={paid} currency={more.currency} />}
							{agreed && <Line name="Open" minor={planned - paid} currency={more.currency} />}
						</dl>
					</Card>
					<h2 class="mb-3 text-lg font-semibold">Schedule</h2>
					<ol class="card divide-y divide-line">
						{payments.map((payment) => {
							const said = saidPayment(payment, today);
							return (
								<li key={payment.id} class="grid gap-2 px-5 py-4">
									<div class="flex items-baseline justify-between gap-4">
										<p class="min-w-0 font-medium wrap-anywhere">{payment.description}</p>
										<p class="font-semibold">
											<Money minor={payment.amount} currency={payment.currency} />
										</p>
									</div>
									<div class="flex flex-wrap items-center justify-between gap-2">
										<p class="text-ink-3">{dueWords(payment)}</p>
										{agreed && (
											<StatusBadge tone={said.tone} icon={said.icon}>
												{said.word}
											</StatusBadge>
										)}
									</div>
								</li>
							);
						})}
					</ol>
				</>
			)}
		</>
	);
}
