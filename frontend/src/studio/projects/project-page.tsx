import { useQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type Project } from "@/api";
import {
	Button,
	ExactTime,
	Facts,
	Icon,
	Load,
	Menu,
	type MenuItem,
	Money,
	None,
	Page,
	StaleNotice,
	toast,
	useUrlState,
} from "@/ui";
import { PortalLinks } from "../portal-links/portal-links";
import { useAct } from "./acting";
import { Deliverables } from "./deliverables";
import { ORIGINALS } from "./draft";
import { Files } from "./files";
import { useProjectLive } from "./live";
import { Messages } from "./messages";
import { Milestones } from "./milestones";
import { NoteDialog } from "./note-dialog";
import { ProgressUpdates } from "./progress";
import { ProjectDialog } from "./project-dialog";
import { SubmissionPanel } from "./submission-panel";
import { Timeline } from "./timeline";
import { Where } from "./where";

const DEFAULTS = { edit: "" };

export function ProjectPage({ id }: { id: string }) {
	const { state, set } = useUrlState(DEFAULTS);
	const query = useQuery({ queryKey: ["projects", "one", id], queryFn: () => api.projects.get(id) });
	const project = query.data;
	const close = () => set({ edit: "" }, { replace: true });
	return (
		<Page
			title={project?.title ?? "Project"}
			back={{ href: "/projects", label: "Projects" }}
			badge={project && <Where project={project} />}
			lead={
				project && (
					<>
						For{" "}
						<Link href={`/clients/${project.client.id}`} className="text-accent-ink underline-offset-4 hover:underline">
							{project.client.name}
						</Link>
						{project.contact.name !== project.client.name && ` · ${project.contact.name}`}
					</>
				)
			}
			actions={project && <Actions project={project} onEdit={() => set({ edit: "yes" })} />}
		>
			<StaleNotice query={query} />
			<Load query={query}>{(data) => <Manage project={data} />}</Load>
			{project && state.edit && (
				<ProjectDialog
					project={project}
					onClose={close}
					onSaved={() => {
						close();
						toast("Changes saved.");
					}}
				/>
			)}
		</Page>
	);
}

/** Whether milestones can be planned and details changed. */
function isPlanned({ state }: Project): boolean {
	return state === "draft" || state === "open" || state === "in_progress";
}

function Actions({ project, onEdit }: { project: Project; onEdit: () => void }) {
	const { act, busy } = useAct();
	const [cancelling, setCancelling] = useState(false);
	const { id, state } = project;
	const more: MenuItem[] = [];
	if (state === "completed") {
		more.push({
			label: "Archive",
			icon: "archive",
			run: () => act("archive", () => api.projects.archive(id), `${project.title} is archived.`),
		});
	}
	if (state !== "cancelled") {
		more.push({ label: "Cancel the project", icon: "ban", danger: true, run: () => setCancelling(true) });
	}
	return (
		<>
			{state === "draft" && (
				<Button
					look="primary"
					icon="play"
					busy={busy === "open"}
					onClick={() => act("open", () => api.projects.open(id), `${project.title} is open.`)}
				>
					Open
				</Button>
			)}
			{state === "archived" && (
				<Button
					icon="restore"
					busy={busy === "unarchive"}
					onClick={() => act("unarchive", () => api.projects.unarchive(id), `${project.title} is back.`)}
				>
					Take out of the archive
				</Button>
			)}
			{isPlanned(project) && (
				<Button icon="pencil" onClick={onEdit}>
					Edit
				</Button>
			)}
			{more.length > 0 && (
				<Menu
					label="More actions"
					buttonClass="touch-square inline-flex size-9 items-center justify-center rounded-md border border-line bg-surface text-ink-2 shadow-card hover:bg-hover"
					button={<Icon name="more" size={18} />}
					groups={[{ items: more }]}
				/>
			)}
			{cancelling && (
				<NoteDialog
					title="Cancel this project?"
					lead="Nothing can be handed in or paid any more, and it cannot be taken back. The client sees that it is cancelled."
					field="Reason"
					name="reason"
					action="Cancel the project"
					danger
					save={(reason) => api.projects.cancel(id, reason)}
					onClose={() => setCancelling(false)}
				/>
			)}
		</>
	);
}

function Manage({ project }: { project: Project }) {
	const isDelivered = isPlanned(project) || project.state === "completed";
	const news = useProjectLive(project.id);
	return (
		<div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
			<div class="grid grid-cols-1 gap-4">
				<SubmissionPanel project={project} />
				<Files project={project} editable={isPlanned(project)} news={news.said} />
				<Messages project={project} news={news} />
				<Milestones project={project} editable={isPlanned(project)} />
				<Deliverables project={project} editable={isDelivered} />
				<ProgressUpdates project={project} />
				<PortalLinks proposalId={project.proposalId} />
			</div>
			<div class="grid grid-cols-1 gap-4">
				<Sums project={project} />
				<Details project={project} />
				<Timeline id={project.id} />
			</div>
		</div>
	);
}

function Sums({ project }: { project: Project }) {
	const { totals, currency } = project;
	const lines: [string, number][] = [
		["Amount", project.amountMinor],
		["In milestones", totals.milestonesMinor],
		["Not in a milestone", totals.unplannedMinor],
		["Paid", totals.paidMinor],
		["Open", totals.openMinor],
	];
	if (totals.inFlightMinor > 0) lines.splice(4, 0, ["Being paid", totals.inFlightMinor]);
	return (
		<section class="card p-5" aria-labelledby="project-sums">
			<h2 id="project-sums" class="mb-3 font-semibold">
				Money
			</h2>
			<dl class="grid gap-2">
				{lines.map(([label, minor]) => (
					<div key={label} class="flex items-baseline justify-between gap-4 first:font-semibold">
						<dt class="text-ink-2">{label}</dt>
						<dd>
							<Money minor={minor} currency={currency} />
						</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

function Details({ project }: { project: Project }) {
	return (
		<section class="card p-5" aria-labelledby="project-details">
			<h2 id="project-details" class="mb-4 font-semibold">
				Details
			</h2>
			<Facts
				class="sm:grid-cols-2 lg:grid-cols-1"
				facts={[
					["Contact", [project.contact.name, project.contact.email].filter(Boolean).join(" · ")],
					["Type", project.projectType ?? <None />],
					["Deadline", project.deadline ? <ExactTime at={project.deadline} /> : <None />],
					["Days it takes", project.estimatedDays ?? <None />],
					["Originals", ORIGINALS.find((each) => each.value === project.originalsOpen)?.label],
					["Licence", project.licenceRequired ? "Belongs to it" : "Not needed"],
					["In this stage since", <ExactTime key="stage" at={project.stageSince} />],
					[
						"Description",
						project.description ? <span class="whitespace-pre-line">{project.description}</span> : <None />,
					],
				]}
			/>
		</section>
	);
}
