import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter-preact";
import { api, type ProposalState, type ProposalSummary } from "@/api";
import {
	Button,
	type Column,
	EmptyState,
	Load,
	Money,
	oneOf,
	Page,
	Pager,
	ROW_LINK,
	Select,
	StaleNotice,
	Table,
	Time,
	useUrlState,
} from "@/ui";
import { SearchBox } from "../clients/filter-panel";
import { NewProposalDialog } from "./new-proposal-dialog";
import { State } from "./state";
import { STATE_NAMES, STATES } from "./words";

const DEFAULTS = { search: "", state: "any", cursor: "", new: "" };
const CHOICES: ("any" | ProposalState)[] = ["any", ...STATE_NAMES];

export function ProposalsPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const [, navigate] = useLocation();
	const chosen = oneOf(state.state, CHOICES, "any");
	const query = useQuery({
		queryKey: ["proposals", "list", state.search, chosen, state.cursor],
		queryFn: () =>
			api.proposals.list({
				...(state.search ? { search: state.search } : {}),
				...(chosen === "any" ? {} : { state: chosen }),
				...(state.cursor ? { cursor: state.cursor } : {}),
			}),
		placeholderData: keepPreviousData,
	});
	const narrowed = state.search !== "" || chosen !== "any";
	const add = (
		<Button look="primary" icon="plus" onClick={() => set({ new: "yes", cursor: state.cursor })}>
			New proposal
		</Button>
	);

	return (
		<Page title="Proposals" lead="What you offer, and what became of it." actions={add}>
			<div class="mb-3 flex flex-wrap items-center gap-2">
				<SearchBox
					label="Search proposals"
					placeholder="Title, client or contact"
					value={state.search}
					onValue={(search) => set({ search }, { replace: true })}
				/>
				<Select
					aria-label="State"
					class="w-auto! flex-1 sm:flex-none"
					value={chosen}
					onValue={(next) => set({ state: next })}
					options={CHOICES.map((value) => ({
						value,
						label: value === "any" ? "All states" : STATES[value].label,
					}))}
				/>
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.proposals.length === 0 ? (
						narrowed ? (
							<EmptyState
								icon="search"
								title="No proposal fits"
								actions={<Button onClick={() => set({ search: "", state: "any" })}>Show all</Button>}
							>
								Try fewer letters or another state.
							</EmptyState>
						) : (
							<EmptyState icon="proposal" title="No proposals yet" actions={add}>
								Write what you will do, by when and for how much. Your client approves it, and the project is there.
							</EmptyState>
						)
					) : (
						<>
							<Table
								caption="Proposals"
								columns={COLUMNS}
								rows={data.proposals}
								rowKey={(row) => row.id}
								busy={query.isPlaceholderData}
								card={(row) => (
									<div class="grid grid-cols-1 gap-1.5">
										<div class="flex items-center justify-between gap-3">
											<Title row={row} />
											<State row={row} />
										</div>
										<div class="flex justify-between gap-3 text-ink-2">
											<span class="min-w-0 truncate">{row.clientName}</span>
											<Money minor={row.totalMinor} currency={row.currency} />
										</div>
									</div>
								)}
							/>
							<Pager
								cursor={state.cursor}
								nextCursor={data.nextCursor}
								busy={query.isPlaceholderData}
								onMove={(cursor) => set({ cursor })}
							/>
						</>
					)
				}
			</Load>
			{state.new && (
				<NewProposalDialog
					onClose={() => set({ new: "", cursor: state.cursor }, { replace: true })}
					onSaved={(proposal) => navigate(`/proposals/${proposal.id}/edit`)}
				/>
			)}
		</Page>
	);
}

const COLUMNS: Column<ProposalSummary>[] = [
	{ key: "title", label: "Title", class: "max-w-80", cell: (row) => <Title row={row} /> },
	{ key: "client", label: "Client", class: "max-w-56 truncate text-ink-2", cell: (row) => row.clientName },
	{ key: "state", label: "State", cell: (row) => <State row={row} /> },
	{
		key: "price",
		label: "Price",
		align: "right",
		cell: (row) => <Money minor={row.totalMinor} currency={row.currency} />,
	},
	{
		key: "at",
		label: "Last step",
		class: "text-ink-2",
		cell: (row) => <Time at={row.decidedAt ?? row.viewedAt ?? row.sentAt ?? row.createdAt} />,
	},
];

function Title({ row }: { row: ProposalSummary }) {
	return (
		<Link href={`/proposals/${row.id}`} className={`${ROW_LINK} block min-w-0 truncate`}>
			{row.title}
		</Link>
	);
}
