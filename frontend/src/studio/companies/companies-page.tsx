import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter-preact";
import { api, type Company } from "@/api";
import {
	Button,
	type Column,
	EmptyState,
	Load,
	None,
	oneOf,
	Page,
	Pager,
	plural,
	ROW_LINK,
	Select,
	StaleNotice,
	Table,
	toast,
	useUrlState,
} from "@/ui";
import { SearchBox } from "../clients/filter-panel";
import { CompanyDialog } from "./company-dialog";

const DEFAULTS = { search: "", status: "active", cursor: "", new: "" };
const STATUSES = [
	{ value: "active", label: "Active" },
	{ value: "archived", label: "Archived" },
];

export function CompaniesPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const [, navigate] = useLocation();
	const archived = oneOf(state.status, ["active", "archived"], "active") === "archived";
	const query = useQuery({
		queryKey: ["companies", "list", state.search, archived, state.cursor],
		queryFn: () =>
			api.companies.list({
				...(state.search ? { search: state.search } : {}),
				...(archived ? { archived } : {}),
				...(state.cursor ? { cursor: state.cursor } : {}),
			}),
		placeholderData: keepPreviousData,
	});
	const openNew = () => set({ new: "yes", cursor: state.cursor });
	const closeNew = () => set({ new: "", cursor: state.cursor }, { replace: true });
	const add = (
		<Button look="primary" icon="plus" onClick={openNew}>
			New company
		</Button>
	);

	return (
		<Page title="Companies" lead="The companies you work for and their people." actions={add}>
			<div class="mb-3 flex flex-wrap items-center gap-2">
				<SearchBox
					label="Search companies"
					placeholder="Name, contact or phone"
					value={state.search}
					onValue={(search) => set({ search }, { replace: true })}
				/>
				<Select
					aria-label="Status"
					class="w-auto! flex-1 sm:flex-none"
					value={archived ? "archived" : "active"}
					onValue={(status) => set({ status })}
					options={STATUSES}
				/>
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.companies.length === 0 ? (
						<NoCompanies
							searched={state.search !== ""}
							archived={archived}
							add={add}
							onClear={() => set({ search: "" })}
						/>
					) : (
						<>
							<Table
								caption="Companies"
								columns={COLUMNS}
								rows={data.companies}
								rowKey={(row) => row.id}
								busy={query.isPlaceholderData}
								card={(row) => (
									<div class="grid grid-cols-1 gap-0.5">
										<Name row={row} />
										<div class="text-ink-2">
											{plural(row.contacts, "contact")}
											{row.primaryContactName && ` · ${row.primaryContactName}`}
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
				<CompanyDialog
					onClose={closeNew}
					onSaved={(company) => {
						closeNew();
						toast(`${company.name} is added.`, {
							action: { label: "Open", run: () => navigate(`/companies/${company.id}`) },
						});
					}}
				/>
			)}
		</Page>
	);
}

interface NoCompaniesProps {
	searched: boolean;
	archived: boolean;
	add: preact.ComponentChildren;
	onClear: () => void;
}

function NoCompanies({ searched, archived, add, onClear }: NoCompaniesProps) {
	if (searched) {
		return (
			<EmptyState icon="search" title="No company fits" actions={<Button onClick={onClear}>Clear search</Button>}>
				Try fewer letters.
			</EmptyState>
		);
	}
	if (archived) {
		return (
			<EmptyState icon="archive" title="Nothing is archived">
				Companies you archive are kept here and can be restored.
			</EmptyState>
		);
	}
	return (
		<EmptyState icon="companies" title="No companies yet" actions={add}>
			A company is also added when you give a contact one.
		</EmptyState>
	);
}

const COLUMNS: Column<Company>[] = [
	{ key: "name", label: "Name", class: "max-w-80", cell: (row) => <Name row={row} /> },
	{
		key: "primary",
		label: "Primary contact",
		class: "max-w-60 truncate text-ink-2",
		cell: (row) => row.primaryContactName ?? <None />,
	},
	{ key: "contacts", label: "Contacts", align: "right", cell: (row) => row.contacts },
	{ key: "phone", label: "Phone", class: "text-ink-2", cell: (row) => row.phone ?? <None /> },
];

function Name({ row }: { row: Company }) {
	return (
		<Link href={`/companies/${row.id}`} className={`${ROW_LINK} block truncate`}>
			{row.name}
		</Link>
	);
}
