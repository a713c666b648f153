import type { ProposalSummary } from "@/api";
import { StatusBadge } from "@/ui";
import { hasUnsent, STATES } from "./words";

/** How far a proposal is, and whether the client lacks the last changes. */
export function State({ row }: { row: Pick<ProposalSummary, "state" | "currentVersion" | "sentVersion"> }) {
	const { label, tone, icon } = STATES[row.state];
	return (
		<span class="inline-flex flex-wrap items-center gap-1.5">
			<StatusBadge tone={tone} icon={icon}>
				{label}
			</StatusBadge>
			{row.state !== "draft" && hasUnsent(row) && (
				<StatusBadge tone="idle" icon="pencil">
					Changes not sent
				</StatusBadge>
			)}
		</span>
	);
}
