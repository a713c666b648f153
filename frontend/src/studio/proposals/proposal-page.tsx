import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Proposal } from "@/api";
import {
	Button,
	ButtonLink,
	Confirm,
	ExactTime,
	Facts,
	Icon,
	Load,
	Menu,
	type MenuItem,
	Money,
	None,
	Page,
	Select,
	StaleNotice,
	toast,
	useUrlState,
} from "@/ui";
import { DecisionDialog } from "./decision-dialog";
import { ProposalHistory } from "./history";
import { PlanView } from "./plan-view";
import { State } from "./state";
import { hasUnsent, isEdited, isOpen } from "./words";

const DEFAULTS = { version: "" };
type Asking = "send" | "withdraw" | "approve" | "decline";

export function ProposalPage({ id }: { id: string }) {
	const queries = useQueryClient();
	const { state, set } = useUrlState(DEFAULTS);
	const [asking, setAsking] = useState<Asking | null>(null);
	const version = Number.parseInt(state.version, 10) || 0;
	const query = useQuery({
		queryKey: ["proposals", "one", id, version],
		queryFn: () => api.proposals.get(id, version || undefined),
		placeholderData: keepPreviousData,
	});
	const proposal = query.data;

	const settle = (changed: Proposal) => {
		queries.removeQueries({ queryKey: ["proposals", "one", id], predicate: ({ queryKey }) => queryKey[3] !== 0 });
		queries.setQueryData(["proposals", "one", id, 0], changed);
		queries.invalidateQueries({ queryKey: ["proposals", "history", id] });
		queries.invalidateQueries({ queryKey: ["proposals", "list"] });
		set({ version: "" }, { replace: true });
		setAsking(null);
	};
	const more: MenuItem[] = proposal
		? [
				...(isOpen(proposal.state)
					? [
							{ label: "Client has approved", icon: "check" as const, run: () => setAsking("approve") },
							{ label: "Client has declined", icon: "ban" as const, run: () => setAsking("decline") },
						]
					: []),
				...(isEdited(proposal.state)
					? [{ label: "Withdraw", icon: "archive" as const, danger: true, run: () => setAsking("withdraw") }]
					: []),
			]
		: [];

	return (
		<Page
			title={proposal?.planTitle ?? "Proposal"}
			back={{ href: "/proposals", label: "Proposals" }}
			badge={proposal && <State row={proposal} />}
			lead={proposal && `For ${proposal.contactName}`}
			actions={
				proposal && (
					<>
						{more.length > 0 && (
							<Menu
								label="More actions"
								button={<Icon name="more" />}
								buttonClass="touch grid size-9 place-items-center rounded-md border border-line bg-surface shadow-card hover:bg-hover"
								groups={[{ items: more }]}
							/>
						)}
						{isEdited(proposal.state) && (
							<ButtonLink href={`/proposals/${id}/edit`} icon="pencil">
								Edit
							</ButtonLink>
						)}
						{hasUnsent(proposal) && (
							<Button look="primary" icon="send" onClick={() => setAsking("send")}>
								{proposal.sentVersion === null ? "Send" : `Send version ${proposal.currentVersion}`}
							</Button>
						)}
					</>
				)
			}
		>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) => (
					<div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[1fr_20rem]">
						<PlanView proposal={data} />
						<div class="grid grid-cols-1 gap-4">
							<About proposal={data} onVersion={(next) => set({ version: next })} />
							<ProposalHistory id={id} />
						</div>
					</div>
				)}
			</Load>
			{proposal && asking === "send" && (
				<SendConfirm proposal={proposal} onClose={() => setAsking(null)} onSent={settle} />
			)}
			{proposal && asking === "withdraw" && (
				<Confirm
					title="Withdraw this proposal"
					action="Withdraw"
					danger
					run={async () => {
						settle(await api.proposals.withdraw(id));
						toast("The proposal is withdrawn.");
					}}
					onClose={() => setAsking(null)}
				>
					<p>Nobody can decide on it any more, and it cannot be sent again.</p>
				</Confirm>
			)}
			{proposal && (asking === "approve" || asking === "decline") && (
				<DecisionDialog
					proposal={proposal}
					decision={asking}
					onClose={() => setAsking(null)}
					onSaved={(changed) => {
						settle(changed);
						queries.invalidateQueries({ queryKey: ["projects"] });
						toast(changed.state === "approved" ? "Approved. The project is there." : "The refusal is recorded.");
					}}
				/>
			)}
		</Page>
	);
}

interface SendConfirmProps {
	proposal: Proposal;
	onClose: () => void;
	onSent: (proposal: Proposal) => void;
}

function SendConfirm({ proposal, onClose, onSent }: SendConfirmProps) {
	return (
		<Confirm
			title={proposal.sentVersion === null ? "Send this proposal" : `Send version ${proposal.currentVersion}`}
			action="Send"
			run={async () => {
				onSent(await api.proposals.send(proposal.id, proposal.version));
				toast("The proposal is sent.");
			}}
			onClose={onClose}
		>
			<p>
				{proposal.contactName}
				{proposal.contactEmail && ` (${proposal.contactEmail})`} can then decide on it.
			</p>
			<p>What you send stays as it is. Later changes make a new version.</p>
		</Confirm>
	);
}

function About({ proposal, onVersion }: { proposal: Proposal; onVersion: (version: string) => void }) {
	const at = (time: string | null) => (time ? <ExactTime at={time} /> : <None />);
	const link = "text-accent-ink underline-offset-4 hover:underline";
	return (
		<section class="card p-5">
			<h2 class="mb-4 font-semibold">Proposal</h2>
			<Facts
				class="sm:grid-cols-2 lg:grid-cols-1"
				facts={[
					[
						"Client",
						<Link key="client" href={`/clients/${proposal.clientId}`} className={link}>
							{proposal.clientName}
						</Link>,
					],
					["Price", <Money key="price" minor={proposal.totalMinor} currency={proposal.currency} />],
					[
						"Version",
						proposal.versions.length > 1 ? (
							<Select
								key="version"
								aria-label="Version"
								value={String(proposal.planVersion)}
								onValue={onVersion}
								options={proposal.versions.map((each) => ({
									value: String(each.version),
									label: `${each.version} · ${each.sentAt ? "sent" : "not sent"}`,
								}))}
							/>
						) : (
							String(proposal.planVersion)
						),
					],
					["Sent", at(proposal.sentAt)],
					["Viewed", at(proposal.viewedAt)],
					["Open until", at(proposal.validUntil)],
					["Decided", at(proposal.decidedAt)],
					...(proposal.decisionNote
						? [["Said", <q key="note">{proposal.decisionNote}</q>] as [string, preact.ComponentChildren]]
						: []),
					...(proposal.projectId
						? [
								[
									"Project",
									<Link key="project" href={`/projects/${proposal.projectId}`} className={link}>
										Open the project
									</Link>,
								] as [string, preact.ComponentChildren],
							]
						: []),
				]}
			/>
		</section>
	);
}
