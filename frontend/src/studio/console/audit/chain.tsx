import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { type AuditChain, api, asProblem } from "@/api";
import { Button, formatBounded, formatCount, Icon, StatusBadge, Time, toast } from "@/ui";
import { useSession } from "../../session";
import { ReasonDialog } from "../acting";

const CHECKING_MS = 1_000;

/** How far the log is sealed, and whether all seals held when they were last checked. */
export function Chain() {
	const { operator } = useSession();
	const queries = useQueryClient();
	const [busy, setBusy] = useState(false);
	const [acknowledging, setAcknowledging] = useState(false);
	const { data } = useQuery({
		queryKey: ["console", "audit", "chain"],
		queryFn: api.audit.chain,
		refetchInterval: ({ state }) => (state.data?.checking ? CHECKING_MS : false),
	});
	if (!data) return null;
	const verify = async () => {
		setBusy(true);
		try {
			queries.setQueryData(["console", "audit", "chain"], await api.audit.verify());
			queries.invalidateQueries({ queryKey: ["console", "audit"] });
		} catch (error) {
			toast(`The log is not being checked. ${asProblem(error).message}`, { tone: "bad" });
		} finally {
			setBusy(false);
		}
	};
	return (
		<section aria-label="Seals" class="card mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
			<Held chain={data} />
			<p class="grow text-ink-2">
				{data.upTo ? (
					<>
						{formatCount(data.seals)} entries are sealed, up to <Time at={data.upTo} />
					</>
				) : (
					"No entry is sealed yet"
				)}
				{data.unsealed.count > 0 && `; ${formatBounded(data.unsealed)} wait for their seal`}.
				{data.checked && (
					<>
						{" "}
						Checked <Time at={data.checked.at} />
						{data.heldAt && data.heldAt !== data.checked.at && (
							<>
								; all of it held <Time at={data.heldAt} />
							</>
						)}
						.
					</>
				)}
			</p>
			{operator === "full" && (
				<Button size="sm" busy={busy || data.checking} onClick={verify}>
					{data.checking ? "Checking" : "Check now"}
				</Button>
			)}
			{data.checked?.failure && (
				<p class="w-full rounded-md bg-bad-soft px-3 py-2 text-bad">
					{data.checked.failure} So nobody knows whether the log holds.
				</p>
			)}
			{data.findings.length > 0 && (
				<div role="alert" class="grid w-full gap-2 rounded-md bg-bad-soft px-3 py-2 text-bad">
					<p class="flex items-start gap-2">
						<Icon name="alert" class="mt-0.5" />
						<span>
							Somebody changed the log behind its back. Compare it with a backup, and with the hashes in the program's
							log.
						</span>
					</p>
					<ul class="grid gap-1">
						{data.findings.map((found) => (
							<li key={found.id}>
								<Time at={found.at} />: {found.finding}
							</li>
						))}
					</ul>
					{operator === "full" && (
						<div>
							<Button size="sm" onClick={() => setAcknowledging(true)}>
								Acknowledge
							</Button>
						</div>
					)}
				</div>
			)}
			{acknowledging && data.findings[0] && (
				<AcknowledgeDialog checkId={data.findings[0].id} onClose={() => setAcknowledging(false)} />
			)}
		</section>
	);
}

/** Takes the alarm of a finding, and of those before it, away. */
function AcknowledgeDialog({ checkId, onClose }: { checkId: string; onClose: () => void }) {
	const queries = useQueryClient();
	return (
		<ReasonDialog
			title="Acknowledge what was found"
			action="Acknowledge"
			reason={{
				label: "What became of it",
				hint: "The audit log keeps it.",
				maxLength: 500,
				missing: "Say what became of it.",
			}}
			onClose={onClose}
			run={async (reason) => {
				queries.setQueryData(["console", "audit", "chain"], await api.audit.acknowledge(checkId, reason));
				queries.invalidateQueries({ queryKey: ["console", "audit"] });
			}}
		>
			<p>
				The alarm ends. Where seals were gone, checks go on from what is there now; an entry that is still wrong is
				found again by the next check.
			</p>
		</ReasonDialog>
	);
}

function Held({ chain }: { chain: AuditChain }) {
	if (!chain.checked) return <StatusBadge tone="idle">Not checked yet</StatusBadge>;
	if (chain.checked.finding || chain.findings.length > 0) return <StatusBadge tone="bad">Does not hold</StatusBadge>;
	if (chain.checked.failure) return <StatusBadge tone="bad">Not checked whole</StatusBadge>;
	return <StatusBadge tone="done">All seals hold</StatusBadge>;
}
