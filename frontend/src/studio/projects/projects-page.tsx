import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter-preact";
import { api, type Project, type ProjectStateFilter, type Stage } from "@/api";
import {
	Button,
	type Column,
	EmptyState,
	formatBounded,
	Icon,
	Load,
	Money,
	None,
	oneOf,
	Page,
	Pager,
	ROW_LINK,
	Select,
	StaleNotice,
	Table,
	Time,
	toast,
	useUrlState,
} from "@/ui";
import { useTyped } from "../clients/filter-panel";
import { ProjectDialog } from "./project-dialog";
import { Where } from "./where";
import { STAGES } from "./words";

const DEFAULTS = { search: "", state: "current", stage: "", cursor: "", new: "" };

const STATES: { value: ProjectStateFilter; label: string }[] = [
	{ value: "current", label: "Current" },
	{ value: "draft", label: "Drafts" },
	{ value: "open", label: "Open" },
	{ value: "in_progress", label: "In progress" },
	{ value: "completed", label: "Completed" },
	{ value: "archived", label: "Archived" },
	{ value: "cancelled", label: "Cancelled" },
	{ value: "all", label: "All" },
];
const STAGE_NAMES = Object.keys(STAGES) as Stage[];

export function ProjectsPage() {
	const { state, set } = useUrlState(DEFAULTS);
	const [, navigate] = useLocation();
	const shown = oneOf(
		state.state,
		STATES.map((each) => each.value),
		"current",
	);
	const stage = STAGE_NAMES.find((each) => each === state.stage);
	const query = useQuery({
		queryKey: ["projects", "list", state.search, shown, stage, state.cursor],
		queryFn: ({ signal }) =>
			api.projects.list(
				{
					state: shown,
					...(state.search ? { search: state.search } : {}),
					...(stage ? { stage } : {}),
					...(state.cursor ? { cursor: state.cursor } : {}),
				},
				signal,
			),
		placeholderData: keepPreviousData,
	});
	const openNew = () => set({ new: "yes", cursor: state.cursor });
	const closeNew = () => set({ new: "", cursor: state.cursor }, { replace: true });
	const total = query.data?.total;
	const isNarrowed = state.search !== "" || stage !== undefined || shown !== "current";

	return (
		<Page
			title="Projects"
			actions={
				<Button look="primary" icon="plus" onClick={openNew}>
					New project
				</Button>
			}
		>
			<div class="mb-3 flex flex-wrap items-center gap-2">
				<SearchBox value={state.search} onValue={(search) => set({ search }, { replace: true })} />
				<Select
					aria-label="State"
					class="w-auto! min-w-0 flex-1 basis-36 sm:flex-none sm:basis-auto"
					value={shown}
					onValue={(next) => set({ state: next })}
					options={STATES}
				/>
				<Select
					aria-label="Stage"
					class="w-auto! min-w-0 flex-1 basis-36 sm:flex-none sm:basis-auto"
					value={stage ?? ""}
					onValue={(next) => set({ stage: next })}
					options={[
						{ value: "", label: "Every stage" },
						...STAGE_NAMES.map((value) => ({ value, label: STAGES[value].label })),
					]}
				/>
				<p class="ml-auto text-ink-3" role="status">
					{total && (
						<>
							{formatBounded(total)} {total.count === 1 && !total.capped ? "project" : "projects"}
						</>
					)}
				</p>
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.projects.length === 0 ? (
						isNarrowed ? (
							<EmptyState
								icon="search"
								title="No project fits"
								actions={
									<Button onClick={() => set({ search: "", state: "current", stage: "" })}>
										Clear search and filters
									</Button>
								}
							>
								Try fewer letters, another state or another stage.
							</EmptyState>
						) : (
							<EmptyState
								icon="projects"
								title="No projects yet"
								actions={
									<Button look="primary" icon="plus" onClick={openNew}>
										New project
									</Button>
								}
							>
								A project is what you do for one client: what it costs, what you deliver, and what they have said to it.
							</EmptyState>
						)
					) : (
						<>
							<Table
								caption="Projects"
								columns={COLUMNS}
								rows={data.projects}
								rowKey={(project) => project.id}
								busy={query.isPlaceholderData}
								card={(project) => <Card project={project} />}
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
				<ProjectDialog
					onClose={closeNew}
					onSaved={(project) => {
						toast(`${project.title} is created.`);
						navigate(`/projects/${project.id}`);
					}}
				/>
			)}
		</Page>
	);
}

function SearchBox({ value, onValue }: { value: string; onValue: (value: string) => void }) {
	const [typed, setTyped] = useTyped(value, onValue);
	return (
		<div class="relative w-full sm:w-72">
			<Icon name="search" class="pointer-events-none absolute inset-y-0 left-3 my-auto text-ink-3" />
			<input
				type="search"
				aria-label="Search projects"
				placeholder="Title, type or client"
				maxLength={200}
				class="field pl-9"
				value={typed}
				onInput={(event) => setTyped(event.currentTarget.value)}
			/>
		</div>
	);
}

const COLUMNS: Column<Project>[] = [
	{
		key: "title",
		label: "Project",
		class: "max-w-72",
		cell: (project) => (
			<Link href={`/projects/${project.id}`} className={`${ROW_LINK} block truncate`}>
				{project.title}
			</Link>
		),
	},
	{ key: "client", label: "Client", class: "max-w-52 truncate text-ink-2", cell: (project) => project.client.name },
	{ key: "stage", label: "Stage", cell: (project) => <Where project={project} /> },
	{
		key: "deadline",
		label: "Deadline",
		class: "text-ink-2",
		cell: (project) => (project.deadline ? <Time at={project.deadline} /> : <None />),
	},
	{
		key: "amount",
		label: "Amount",
		align: "right",
		cell: (project) => <Money minor={project.amountMinor} currency={project.currency} />,
	},
	{
		key: "createdAt",
		label: "Added",
		class: "text-ink-2",
		cell: (project) => <Time at={project.createdAt} />,
	},
];

function Card({ project }: { project: Project }) {
	return (
		<div class="grid gap-1">
			<div class="flex items-start justify-between gap-3">
				<Link href={`/projects/${project.id}`} className={`${ROW_LINK} min-w-0 wrap-anywhere`}>
					{project.title}
				</Link>
				<Money minor={project.amountMinor} currency={project.currency} />
			</div>
			<div class="flex flex-wrap items-center justify-between gap-2">
				<span class="min-w-0 truncate text-ink-2">{project.client.name}</span>
				<Where project={project} />
			</div>
		</div>
	);
}
