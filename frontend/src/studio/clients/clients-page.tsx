import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { api, type Client, type ClientSort, type ClientStatus } from "@/api";
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

const DEFAULTS = { search: "", status: "active", sort: "name", cursor: "", new: "" };
const SEARCH_AFTER_MS = 250;

const SORTS: { value: ClientSort; label: string }[] = [
	{ value: "name", label: "Name, A to Z" },
	{ value: "-name", label: "Name, Z to A" },
	{ value: "email", label: "Email, A to Z" },
	{ value: "-email", label: "Email, Z to A" },
	{ value: "company", label: "Company, A to Z" },
	{ value: "-company", label: "Company, Z to A" },
	{ value: "-createdAt", label: "Newest first" },
	{ value: "createdAt", label: "Oldest first" },
];

const STATUSES: { value: ClientStatus; label: string }[] = [
	{ value: "active", label: "Active" },
	{ value: "archived", label: "Archived" },
	{ value: "all", label: "All" },
];

const SORT_NAMES = SORTS.map((sort) => sort.value);
const STATUS_NAMES = STATUSES.map((status) => status.value);

export function ClientsPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const sort = oneOf(state.sort, SORT_NAMES, "name");
	const status = oneOf(state.status, STATUS_NAMES, "active");
	const [, navigate] = useLocation();
	const isNarrow = useIsNarrow();
	const query = useQuery({
		queryKey: ["clients", "list", state.search, status, sort, state.cursor],
		queryFn: ({ signal }) =>
			api.clients.list(
				{
					status,
					sort,
					...(state.search ? { search: state.search } : {}),
					...(state.cursor ? { cursor: state.cursor } : {}),
				},
				signal,
			),
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
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.clients.length === 0 ? (
						<NoClients filtered={state.search !== ""} status={status} onNew={openNew} />
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

/** Waits for a pause in typing before it changes the address. */
function SearchBox({ value, onValue }: { value: string; onValue: (value: string) => void }) {
	const [typed, setTyped] = useState(value);
	const sent = useRef(value);
	const latest = useRef(onValue);
	latest.current = onValue;

	useEffect(() => {
		// The address changed from outside: by the back button or the palette.
		if (value !== sent.current) {
			sent.current = value;
			setTyped(value);
		}
	}, [value]);

	useEffect(() => {
		if (typed.trim() === sent.current) return;
		const timer = setTimeout(() => {
			sent.current = typed.trim();
			latest.current(sent.current);
		}, SEARCH_AFTER_MS);
		return () => clearTimeout(timer);
	}, [typed]);

	return (
		<div class="relative w-full sm:w-80">
			<Icon name="search" class="pointer-events-none absolute inset-y-0 left-3 my-auto text-ink-3" />
			<input
				type="search"
				aria-label="Search clients"
				placeholder="Name, email, company or phone"
				class="field pl-9"
				value={typed}
				onInput={(event) => setTyped(event.currentTarget.value)}
			/>
		</div>
	);
}

function NoClients({ filtered, status, onNew }: { filtered: boolean; status: string; onNew: () => void }) {
	if (filtered) {
		return (
			<EmptyState icon="search" title="No client fits">
				Try fewer letters, or another status.
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
