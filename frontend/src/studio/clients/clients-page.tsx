import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { api, type Client } from "@/api";
import {
	Button,
	ButtonLink,
	type Column,
	EmptyState,
	formatBounded,
	Icon,
	Load,
	Menu,
	None,
	oneOf,
	Page,
	Pager,
	ROW_LINK,
	Select,
	StaleNotice,
	StatusBadge,
	Table,
	Time,
	toast,
	useIsNarrow,
	useUrlState,
} from "@/ui";
import { OpenMerges } from "../merges/open-merges";
import { useArchive } from "./archive";
import { ClientDialog } from "./client-dialog";
import { FILTER_DEFAULTS, filtersSet, NO_FILTERS, narrowing, SORTS, STATUSES } from "./filter";
import { FilterButton, FilterPanel, SearchBox } from "./filter-panel";

const DEFAULTS = { ...FILTER_DEFAULTS, sort: "name", cursor: "", new: "" };

const SORT_NAMES = SORTS.map((sort) => sort.value);
const STATUS_NAMES = STATUSES.map((status) => status.value);

export function ClientsPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const sort = oneOf(state.sort, SORT_NAMES, "name");
	const status = oneOf(state.status, STATUS_NAMES, "active");
	const [, navigate] = useLocation();
	const isNarrow = useIsNarrow();
	const asked = narrowing(state);
	const [open, setOpen] = useState(filtersSet(state) > 0);
	const query = useQuery({
		queryKey: ["clients", "list", asked, sort, state.cursor],
		queryFn: ({ signal }) =>
			api.clients.list({ ...asked, sort, ...(state.cursor ? { cursor: state.cursor } : {}) }, signal),
		placeholderData: keepPreviousData,
	});
	const openNew = () => set({ new: "yes", cursor: state.cursor });
	const closeNew = () => set({ new: "", cursor: state.cursor }, { replace: true });
	const total = query.data?.total;

	return (
		<Page
			title="Clients"
			actions={
				<>
					<OpenMerges />
					{total !== undefined && total.count > 0 && (
						<a
							href={api.clients.exportFile(asked)}
							download
							class="touch inline-flex min-h-9 items-center gap-2 rounded-md border border-line bg-surface px-3.5 font-medium whitespace-nowrap shadow-card hover:bg-hover"
						>
							<Icon name="download" />
							Export
						</a>
					)}
					<ButtonLink href="/imports/new" icon="imports">
						Import
					</ButtonLink>
					<Button look="primary" icon="plus" onClick={openNew}>
						New client
					</Button>
				</>
			}
		>
			<div class="mb-3 flex flex-wrap items-center gap-2">
				<SearchBox value={state.search} onValue={(search) => set({ search }, { replace: true })} />
				<Select
					aria-label="Status"
					class="w-auto! flex-1 sm:flex-none"
					value={status}
					onValue={(next) => set({ status: next })}
					options={STATUSES}
				/>
				<FilterButton state={state} open={open} onToggle={() => setOpen(!open)} />
				{isNarrow && (
					<Select
						aria-label="Order"
						class="w-auto! flex-1"
						value={sort}
						onValue={(next) => set({ sort: next })}
						options={SORTS}
					/>
				)}
				<p class="ml-auto text-ink-3" role="status">
					{total && (
						<>
							{formatBounded(total)} {total.count === 1 && !total.capped ? "client" : "clients"}
						</>
					)}
				</p>
			</div>
			{open && <FilterPanel state={state} onChange={(change) => set(change, { replace: true })} />}
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.clients.length === 0 ? (
						<NoClients
							filtered={state.search !== "" || filtersSet(state) > 0}
							status={status}
							onNew={openNew}
							onClear={() => set({ search: "", ...NO_FILTERS })}
						/>
					) : (
						<>
							<ClientTable
								clients={data.clients}
								sort={sort}
								onSort={(next) => set({ sort: next })}
								busy={query.isPlaceholderData}
								showStatus={status === "all"}
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
				<ClientDialog
					onClose={closeNew}
					onSaved={(client) => {
						closeNew();
						toast(`${client.name} is added.`, {
							action: { label: "Open", run: () => navigate(`/clients/${client.id}`) },
						});
					}}
				/>
			)}
		</Page>
	);
}

interface NoClientsProps {
	filtered: boolean;
	status: string;
	onNew: () => void;
	onClear: () => void;
}

function NoClients({ filtered, status, onNew, onClear }: NoClientsProps) {
	if (filtered) {
		return (
			<EmptyState
				icon="search"
				title="No client fits"
				actions={<Button onClick={onClear}>Clear search and filters</Button>}
			>
				Try fewer letters, other filters or another status.
			</EmptyState>
		);
	}
	if (status === "archived") {
		return (
			<EmptyState icon="archive" title="Nothing is archived">
				Clients you archive are kept here and can be restored.
			</EmptyState>
		);
	}
	return (
		<EmptyState
			icon="clients"
			title="No clients yet"
			actions={
				<>
					<Button look="primary" icon="plus" onClick={onNew}>
						New client
					</Button>
					<ButtonLink href="/imports/new" icon="imports">
						Import a CSV file
					</ButtonLink>
				</>
			}
		>
			Add the people and companies you work for, one by one or from a file.
		</EmptyState>
	);
}

interface ClientTableProps {
	clients: Client[];
	sort: string;
	onSort: (sort: string) => void;
	busy: boolean;
	showStatus: boolean;
}

function ClientTable({ clients, sort, onSort, busy, showStatus }: ClientTableProps) {
	const columns: Column<Client>[] = [
		{
			key: "name",
			label: "Name",
			sort: "name",
			class: "max-w-64",
			cell: (client) => (
				<div class="flex items-center gap-2">
					<Link href={`/clients/${client.id}`} className={`${ROW_LINK} truncate`}>
						{client.name}
					</Link>
					{showStatus && client.archivedAt && <Archived />}
				</div>
			),
		},
		{
			key: "email",
			label: "Email",
			sort: "email",
			class: "max-w-64 truncate text-ink-2",
			cell: (client) => client.email ?? <None />,
		},
		{
			key: "company",
			label: "Company",
			sort: "company",
			class: "max-w-52 truncate text-ink-2",
			cell: (client) => client.company ?? <None />,
		},
		{
			key: "createdAt",
			label: "Added",
			sort: "createdAt",
			class: "text-ink-2",
			cell: (client) => <Time at={client.createdAt} />,
		},
		{
			key: "actions",
			label: "Actions",
			quiet: true,
			align: "right",
			class: "w-14",
			cell: (client) => <ClientMenu client={client} />,
		},
	];
	return (
		<Table
			caption="Clients"
			columns={columns}
			rows={clients}
			rowKey={(client) => client.id}
			sort={sort}
			onSort={onSort}
			busy={busy}
			card={(client) => (
				<div class="flex items-center gap-3">
					<div class="min-w-0 grow">
						<div class="flex items-center gap-2">
							<Link href={`/clients/${client.id}`} className={`${ROW_LINK} truncate`}>
								{client.name}
							</Link>
							{showStatus && client.archivedAt && <Archived />}
						</div>
						<div class="truncate text-ink-2">
							{[client.company, client.email].filter(Boolean).join(" · ") || "No address"}
						</div>
					</div>
					<ClientMenu client={client} />
				</div>
			)}
		/>
	);
}

function Archived() {
	return (
		<StatusBadge tone="idle" icon="archive">
			Archived
		</StatusBadge>
	);
}

function ClientMenu({ client }: { client: Client }) {
	const { archive, restore } = useArchive();
	const [, navigate] = useLocation();
	return (
		<span class="relative z-10">
			<Menu
				label={`Actions for ${client.name}`}
				buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
				button={<Icon name="more" size={18} />}
				groups={[
					{
						items: [
							{ label: "Edit", icon: "pencil", run: () => navigate(`/clients/${client.id}?edit=yes`) },
							client.archivedAt
								? { label: "Restore", icon: "restore", run: () => restore(client) }
								: { label: "Archive", icon: "archive", run: () => archive(client) },
						],
					},
				]}
			/>
		</span>
	);
}
