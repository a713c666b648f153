import { Icon, type IconName } from "../ui/icon";
import { StatusBadge } from "../ui/status";
import { Time } from "../ui/values";
import type { PortalPage } from "./data";
import { Card, Heading, Nothing } from "./shell";
import { usePortal } from "./use-page";
import { dayInWords, eventWords, saidMilestone } from "./words";

interface Entry {
	key: string;
	at: string;
	icon: IconName;
	title: string;
	text: string;
}

/** News and what happened, newest first. */
function entries({ more }: PortalPage): Entry[] {
	const news = more.updates.map(({ id, at, title, body, percent }) => ({
		key: id,
		at,
		icon: "mail" as const,
		title: percent === null ? title : `${title} · ${percent} %`,
		text: body,
	}));
	const told = more.events
		.filter(({ kind }) => !kind.startsWith("progress_") && kind !== "file_available" && kind !== "file_prepared")
		.map((event) => ({
			key: `event-${event.number}`,
			at: event.at,
			icon: event.by === "client" ? ("clients" as const) : ("dot" as const),
			title: eventWords(event),
			text: "",
		}));
	return [...news, ...told].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

export function Timeline() {
	const { page } = usePortal();
	const { milestones } = page.more;
	const list = entries(page);
	return (
		<>
			<Heading lead="What is planned and what has happened.">Timeline</Heading>
			{milestones.length > 0 && (
				<Card>
					<h2 class="mb-3 text-lg font-semibold">Milestones</h2>
					<ol class="grid gap-4">
						{milestones.map((milestone) => {
							const said = saidMilestone(milestone.state);
							return (
								<li key={milestone.id} class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
									<div class="min-w-0">
										<p class="font-medium wrap-anywhere">{milestone.name}</p>
										<p class="text-ink-3">
											{milestone.approvedAt ? (
												<Time at={milestone.approvedAt} prefix="Completed " />
											) : milestone.dueDate ? (
												`Due ${dayInWords(milestone.dueDate)}`
											) : (
												"No date set"
											)}
										</p>
									</div>
									<StatusBadge tone={said.tone} icon={said.icon}>
										{said.word}
									</StatusBadge>
								</li>
							);
						})}
					</ol>
				</Card>
			)}
			{list.length === 0 ? (
				<Nothing icon="clock" title="Nothing has happened yet">
					News and steps of the work appear here, newest first.
				</Nothing>
			) : (
				<Card>
					<h2 class="mb-4 text-lg font-semibold">News</h2>
					<ol class="grid gap-5">
						{list.map(({ key, at, icon, title, text }) => (
							<li key={key} class="flex gap-3">
								<span class="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-accent-ink">
									<Icon name={icon} />
								</span>
								<div class="min-w-0">
									<p class="font-medium wrap-anywhere">{title}</p>
									{text && <p class="whitespace-pre-line text-ink-2 wrap-anywhere">{text}</p>}
									<p class="text-ink-3">
										<Time at={at} />
									</p>
								</div>
							</li>
						))}
					</ol>
				</Card>
			)}
		</>
	);
}
