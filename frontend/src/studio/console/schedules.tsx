import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Schedule } from "@/api";
import { type Column, EmptyState, Load, None, ROW_LINK, StaleNotice, StatusBadge, Table, Time } from "@/ui";
import { useChosenRow } from "./use-chosen-row";
import { catchUpWords, whenInWords } from "./words";

/** Due times come by the minute at most. */
export const EVERY_MS = 15_000;

export function Schedules() {
	const query = useQuery({
		queryKey: ["console", "schedules"],
		queryFn: api.console.schedules,
		refetchInterval: EVERY_MS,
	});
	const current = useChosenRow(
		(query.data?.schedules ?? []).map(({ name }) => name),
		(name) => `/console/schedules/${encodeURIComponent(name)}`,
	);
	return (
		<>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ schedules }) =>
					schedules.length === 0 ? (
						<EmptyState icon="clock" title="No schedule is set up">
							Schedules stand in config/schedules.yaml and appear when a worker node has started.
						</EmptyState>
					) : (
						<Table
							caption="Schedules"
							columns={COLUMNS}
							rows={schedules}
							rowKey={(schedule) => schedule.name}
							current={current}
							card={(schedule) => (
								<div class="grid gap-1">
									<div class="flex flex-wrap items-center justify-between gap-2">
										<ScheduleLink schedule={schedule} />
										<ScheduleState schedule={schedule} />
									</div>
									<span>{whenInWords(schedule)}</span>
									<span class="text-ink-2">
										{schedule.nextSlot ? <Time at={schedule.nextSlot} prefix="next " /> : "no next time"}
										{schedule.lastSlot && (
											<>
												{" "}
												· <Time at={schedule.lastSlot} prefix="last " />
											</>
										)}
										{schedule.missed > 0 && <span class="text-bad"> · {schedule.missed} missed this week</span>}
									</span>
								</div>
							)}
						/>
					)
				}
			</Load>
		</>
	);
}

function ScheduleLink({ schedule }: { schedule: Schedule }) {
	return (
		<Link href={`/console/schedules/${encodeURIComponent(schedule.name)}`} className={`${ROW_LINK} wrap-anywhere`}>
			{schedule.name}
		</Link>
	);
}

export function ScheduleState({ schedule }: { schedule: Schedule }) {
	if (schedule.paused) {
		return (
			<StatusBadge tone="active" icon="pause">
				{schedule.pausedBy ? `Paused by ${schedule.pausedBy}` : "Paused"}
			</StatusBadge>
		);
	}
	if (schedule.overdue) {
		return (
			<StatusBadge tone="bad" icon="alert">
				Overdue
			</StatusBadge>
		);
	}
	if (schedule.lastOutcome === "missed") {
		return (
			<StatusBadge tone="bad" icon="alert">
				Last one missed
			</StatusBadge>
		);
	}
	return (
		<StatusBadge tone="done" icon="play">
			On
		</StatusBadge>
	);
}

const COLUMNS: Column<Schedule>[] = [
	{ key: "name", label: "Schedule", cell: (schedule) => <ScheduleLink schedule={schedule} /> },
	{ key: "when", label: "When", cell: whenInWords },
	{ key: "state", label: "State", cell: (schedule) => <ScheduleState schedule={schedule} /> },
	{ key: "catchUp", label: "If missed", class: "text-ink-2", cell: (schedule) => catchUpWords(schedule.catchUp) },
	{
		key: "missed",
		label: "Missed this week",
		align: "right",
		cell: (schedule) => <span class={schedule.missed > 0 ? "text-bad" : "text-ink-3"}>{schedule.missed}</span>,
	},
	{
		key: "last",
		label: "Last",
		class: "text-ink-2",
		cell: (schedule) => (schedule.lastSlot ? <Time at={schedule.lastSlot} /> : <None />),
	},
	{
		key: "next",
		label: "Next",
		class: "text-ink-2",
		cell: (schedule) => (schedule.nextSlot ? <Time at={schedule.nextSlot} /> : <None />),
	},
];
