import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Milestone, type Project } from "@/api";
import { Button, formatMoney, Icon, Load, Menu, type MenuItem, Money, Skeleton, StatusBadge, toast } from "@/ui";
import { useAct, useRefresh } from "./acting";
import { Day } from "./day";
import { MilestoneDialog } from "./milestone-dialog";
import { NoteDialog } from "./note-dialog";
import { useReorder } from "./reorder";
import { MILESTONE_STATES } from "./words";

interface MilestonesProps {
	project: Project;
	/** Whether they can be planned. */
	editable: boolean;
}

export function Milestones({ project, editable }: MilestonesProps) {
	const [adding, setAdding] = useState(false);
	const query = useQuery({
		queryKey: ["projects", "milestones", project.id],
		queryFn: () => api.projects.milestones(project.id),
	});
	const { totals, currency } = project;
	return (
		<section class="card p-5" aria-labelledby="project-milestones">
			<div class="mb-3 flex flex-wrap items-start justify-between gap-3">
				<div>
					<h2 id="project-milestones" class="font-semibold">
						Milestones
					</h2>
					{totals.milestones > 0 && (
						<p class="text-ink-2">
							{totals.milestonesApproved} of {totals.milestones} approved ·{" "}
							{formatMoney(totals.milestonesMinor, currency)} of {formatMoney(project.amountMinor, currency)}
						</p>
					)}
				</div>
				{editable && (
					<Button size="sm" icon="plus" onClick={() => setAdding(true)}>
						Add a milestone
					</Button>
				)}
			</div>
			<Load query={query} skeleton={<Skeleton lines={3} />}>
				{(data) =>
					data.milestones.length === 0 ? (
						<p class="text-ink-3">No milestones. The whole project is one part.</p>
					) : (
						<List project={project} milestones={data.milestones} editable={editable} />
					)
				}
			</Load>
			{adding && <MilestoneDialog project={project} onClose={() => setAdding(false)} />}
		</section>
	);
}

function List({ project, milestones, editable }: MilestonesProps & { milestones: Milestone[] }) {
	const queries = useQueryClient();
	const refresh = useRefresh();
	const [said, setSaid] = useState("");
	const byId = new Map(milestones.map((each) => [each.id, each]));
	const save = async (ids: string[], id: string) => {
		const ordered = ids.flatMap((each) => byId.get(each) ?? []);
		const queryKey = ["projects", "milestones", project.id];
		// what is being read, since something happened, may still have them in the order from before
		await queries.cancelQueries({ queryKey });
		queries.setQueryData(queryKey, { milestones: ordered });
		setSaid(`${byId.get(id)?.name} is now ${ids.indexOf(id) + 1} of ${ids.length}.`);
		try {
			await api.projects.orderMilestones(project.id, ids);
		} catch (error) {
			toast(`The order was not saved. ${asProblem(error).message}`, { tone: "bad" });
		} finally {
			await refresh();
		}
	};
	const reorder = useReorder(
		milestones.map((each) => each.id),
		save,
	);
	return (
		<>
			<ol ref={reorder.list} class="divide-y divide-line border-t border-line">
				{reorder.order
					.flatMap((id) => byId.get(id) ?? [])
					.map((milestone, place) => (
						<li
							key={milestone.id}
							class={`flex items-start gap-2 py-3 last:pb-0 ${reorder.dragged === milestone.id ? "opacity-60" : ""}`}
						>
							{editable && milestones.length > 1 && (
								<button
									type="button"
									aria-label={`Move ${milestone.name}, ${place + 1} of ${milestones.length}: arrow up or down`}
									class="touch-square -ml-2 inline-flex size-8 cursor-grab touch-none items-center justify-center rounded-md text-ink-3 hover:bg-hover active:cursor-grabbing"
									{...reorder.handle(milestone.id)}
								>
									<Icon name="grip" />
								</button>
							)}
							<Row
								project={project}
								milestone={milestone}
								editable={editable}
								onMove={
									editable && milestones.length > 1
										? {
												up: place > 0 ? () => reorder.move(milestone.id, -1) : null,
												down: place < milestones.length - 1 ? () => reorder.move(milestone.id, 1) : null,
											}
										: null
								}
							/>
						</li>
					))}
			</ol>
			<p class="sr-only" role="status">
				{said}
			</p>
		</>
	);
}

type Asking = "edit" | "revise" | null;

interface RowProps extends MilestonesProps {
	milestone: Milestone;
	onMove: { up: (() => void) | null; down: (() => void) | null } | null;
}

function Row({ project, milestone, editable, onMove }: RowProps) {
	const { act, busy } = useAct();
	const [asking, setAsking] = useState<Asking>(null);
	const { id, name, state } = milestone;
	const isWorkedOn = project.state === "open" || project.state === "in_progress";
	const { label, tone, icon } = MILESTONE_STATES[state];
	const plan: MenuItem[] = [];
	if (state === "pending" || state === "revision") {
		plan.push({ label: "Edit", icon: "pencil", run: () => setAsking("edit") });
	}
	if (onMove?.up) plan.push({ label: "Move up", icon: "sortUp", run: onMove.up });
	if (onMove?.down) plan.push({ label: "Move down", icon: "sortDown", run: onMove.down });
	const decide: MenuItem[] = [];
	if (isWorkedOn && state === "submitted") {
		decide.push(
			{
				label: "Note the client's approval",
				icon: "check",
				run: () => act("approve", () => api.milestones.approve(id), `${name} is approved.`),
			},
			{ label: "Note revisions the client wants", icon: "pencil", run: () => setAsking("revise") },
		);
	}
	const end: MenuItem[] = [];
	if ((state === "pending" || state === "submitted") && !milestone.isInSchedule) {
		end.push({
			label: "Cancel",
			icon: "ban",
			run: () => act("cancel", () => api.milestones.cancel(id), `${name} is cancelled.`),
		});
	}
	if (state === "pending" && milestone.planMilestoneId === null && !milestone.isInSchedule) {
		end.push({
			label: "Remove",
			icon: "trash",
			danger: true,
			run: () => act("remove", () => api.milestones.remove(id), `${name} is removed.`),
		});
	}
	const groups = [decide, plan, end].filter((items) => items.length > 0).map((items) => ({ items }));
	return (
		<div class="grid min-w-0 grow grid-cols-[minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1">
			<div class="min-w-0">
				<p class={`font-medium wrap-anywhere ${state === "cancelled" ? "text-ink-3 line-through" : ""}`}>{name}</p>
				<div class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1">
					<StatusBadge tone={tone} {...(icon ? { icon } : {})}>
						{label}
					</StatusBadge>
					<Money minor={milestone.amountMinor} currency={milestone.currency} />
					{milestone.dueOn && (
						<span class="text-ink-2">
							due <Day day={milestone.dueOn} />
						</span>
					)}
				</div>
				{milestone.description && (
					<p class="mt-1 wrap-anywhere whitespace-pre-line text-ink-2">{milestone.description}</p>
				)}
				{state === "revision" && milestone.note && (
					<blockquote class="mt-1 border-l-2 border-line pl-3 wrap-anywhere whitespace-pre-line">
						{milestone.note}
					</blockquote>
				)}
			</div>
			<div class="flex items-center gap-1">
				{isWorkedOn && state === "pending" && (
					<Button
						size="sm"
						busy={busy === "submit"}
						onClick={() => act("submit", () => api.milestones.submit(id), `${name} is submitted.`)}
					>
						Submit
					</Button>
				)}
				{isWorkedOn && state === "revision" && (
					<Button
						size="sm"
						busy={busy === "resume"}
						onClick={() => act("resume", () => api.milestones.resume(id), `${name} is pending again.`)}
					>
						Take up again
					</Button>
				)}
				{editable && groups.length > 0 && (
					<Menu
						label={`Actions for ${name}`}
						buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
						button={<Icon name="more" size={18} />}
						groups={groups}
					/>
				)}
			</div>
			{asking === "edit" && <MilestoneDialog project={project} milestone={milestone} onClose={() => setAsking(null)} />}
			{asking === "revise" && (
				<NoteDialog
					title={`Note revisions of ${name}`}
					lead="For what the client has told you elsewhere. It stands in the timeline under your name."
					field="What is to be changed"
					name="note"
					action="Request a revision"
					required
					save={(note) => api.milestones.requestRevision(id, note)}
					onClose={() => setAsking(null)}
				/>
			)}
		</div>
	);
}
