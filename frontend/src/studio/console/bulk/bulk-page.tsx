import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type BulkAction, type BulkGroup } from "@/api";
import {
	Button,
	Confirm,
	Facts,
	formatCount,
	Icon,
	Load,
	None,
	Page,
	Progress,
	plural,
	StaleNotice,
	Time,
	toast,
} from "@/ui";
import { useSession } from "../../session";
import { JOB_WORDS } from "../words";
import { BulkBadge } from "./bulk-list";
import { BulkItems } from "./items";
import { StartForm } from "./start-form";
import { bulkTitle, OBSTACLES, verbDone, verbIng } from "./words";

const REFRESH_MS = 1_000;
/** While it waits for somebody, who may be another operator. */
const WAITING_MS = 4_000;

export function BulkPage({ id }: { id: string }) {
	const query = useQuery({
		queryKey: ["console", "bulk", id],
		queryFn: () => api.bulk.get(id),
		refetchInterval: ({ state }) => refreshAfter(state.data?.state),
	});
	const bulk = query.data;
	return (
		<Page
			title={bulk ? bulkTitle(bulk.verb, bulk.able) : "Bulk action"}
			back={{ href: "/console/bulk", label: "Bulk actions" }}
			badge={bulk && <BulkBadge state={bulk.state} />}
			lead={bulk && <Lead bulk={bulk} />}
			actions={bulk && <Actions bulk={bulk} />}
		>
			<StaleNotice query={query} />
			<Load query={query} whyGone="Previews that were not started go after a day, and what ended after 90 days.">
				{(data) => (
					<div class="grid grid-cols-1 gap-6">
						<Stage bulk={data} />
						<Holds bulk={data} />
						<BulkItems bulk={data} />
					</div>
				)}
			</Load>
		</Page>
	);
}

/** Until it has ended, something may happen without anybody here doing it. */
function refreshAfter(state: BulkAction["state"] | undefined): number | false {
	if (state === "canary" || state === "running") return REFRESH_MS;
	return state === "preview" || state === "waiting" ? WAITING_MS : false;
}

function Lead({ bulk }: { bulk: BulkAction }) {
	return (
		<>
			{bulk.search ? <code class="font-mono text-xs wrap-anywhere">{bulk.search}</code> : "Ticked rows"} ·{" "}
			{bulk.createdBy}, <Time at={bulk.createdAt} />
			{bulk.reason && <p class="wrap-anywhere">Reason: {bulk.reason}</p>}
		</>
	);
}

export function useSettle() {
	const queries = useQueryClient();
	return (bulk: BulkAction) => {
		queries.setQueryData(["console", "bulk", bulk.id], bulk);
		queries.invalidateQueries({ queryKey: ["console", "bulk"] });
		queries.invalidateQueries({ queryKey: ["console", "audit"] });
	};
}

function Actions({ bulk }: { bulk: BulkAction }) {
	const { operator } = useSession();
	const [asking, setAsking] = useState<"rest" | "stop" | null>(null);
	const settle = useSettle();
	const close = () => setAsking(null);
	const started = bulk.state === "canary" || bulk.state === "waiting" || bulk.state === "running";
	if (operator !== "full" || !started) return null;
	return (
		<>
			<Button icon="ban" onClick={() => setAsking("stop")}>
				Stop
			</Button>
			{bulk.state !== "running" && bulk.left > 0 && (
				<Button look={bulk.verdict === "red" ? "secondary" : "primary"} icon="play" onClick={() => setAsking("rest")}>
					Let the rest go
				</Button>
			)}
			{asking === "rest" && (
				<Confirm
					title="Let the rest go?"
					action={bulkTitle(bulk.verb, bulk.left)}
					danger={bulk.verdict === "red" || bulk.verb !== "retry"}
					onClose={close}
					run={async () => {
						settle(await api.bulk.goOn(bulk.id));
						toast("The rest goes.");
					}}
				>
					<p>
						{plural(bulk.left, "job")} {bulk.left === 1 ? "is" : "are"} {verbDone(bulk.verb)}, at most 500 a second. You
						can stop at any moment.
					</p>
					{bulk.verdict === "red" && <p class="text-bad">Jobs of the canary failed again. The rest may as well.</p>}
				</Confirm>
			)}
			{asking === "stop" && (
				<Confirm
					danger
					title="Stop here?"
					action="Stop"
					onClose={close}
					run={async () => {
						settle(await api.bulk.abort(bulk.id));
						toast("Nothing more is done.");
					}}
				>
					<p>
						What was done stays done and is listed. {plural(bulk.left, "job")} {bulk.left === 1 ? "stays" : "stay"} as{" "}
						{bulk.left === 1 ? "it is" : "they are"}.
					</p>
				</Confirm>
			)}
		</>
	);
}

/** Where it stands, and what is to be done next. */
function Stage({ bulk }: { bulk: BulkAction }) {
	const { operator } = useSession();
	if (bulk.state === "preview") {
		return operator === "full" ? (
			<StartForm bulk={bulk} />
		) : (
			<Notice tone="idle">Nothing was done. Only full operators can start it.</Notice>
		);
	}
	if (bulk.state === "expired") {
		return (
			<Notice tone="idle">
				Nothing was done, and the preview is too old to act on: its jobs may have changed.{" "}
				<Link
					href={`/console/jobs${bulk.search ? `?search=${encodeURIComponent(bulk.search)}` : ""}`}
					className="font-medium underline underline-offset-4"
				>
					Choose the jobs again
				</Link>
			</Notice>
		);
	}
	return (
		<section aria-label="Progress" class="card grid grid-cols-1 gap-4 p-5">
			<Said bulk={bulk} />
			<Progress
				label={`${verbIng(bulk.verb)} jobs`}
				done={bulk.done + bulk.skipped}
				total={bulk.able}
				unit="jobs"
				rate={bulk.perSecond}
				secondsLeft={bulk.secondsLeft}
			/>
			<Facts
				class="grid-cols-2 sm:grid-cols-4"
				facts={[
					[sentence(verbDone(bulk.verb)), formatCount(bulk.done)],
					["Skipped, since changed", formatCount(bulk.skipped)],
					["Left", formatCount(bulk.left)],
					[
						"Acted on by",
						bulk.batchId ? (
							<Link
								href={`/console/jobs?search=${encodeURIComponent(`batch:${bulk.batchId}`)}`}
								className="font-medium text-accent-ink underline-offset-4 hover:underline"
							>
								its jobs
							</Link>
						) : (
							<None />
						),
					],
				]}
			/>
			{bulk.canary && <Canary bulk={bulk} />}
		</section>
	);
}

const sentence = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function Canary({ bulk }: { bulk: BulkAction }) {
	const { canary } = bulk;
	if (!canary) return null;
	const retried = bulk.verb === "retry";
	return (
		<div class="border-t border-line pt-4">
			<h2 class="mb-2 font-semibold">Canary of {plural(canary.jobs, "job")}</h2>
			<Facts
				class="grid-cols-2 sm:grid-cols-4"
				facts={[
					[retried ? "Succeeded" : sentence(verbDone(bulk.verb)), formatCount(canary.succeeded)],
					...(retried
						? ([
								[
									"Failed again",
									<span key="failed" class={canary.failed > 0 ? "font-medium text-bad" : ""}>
										{formatCount(canary.failed)}
									</span>,
								],
							] as [string, ComponentChildren][])
						: []),
					["Skipped", formatCount(canary.skipped)],
					["Not known yet", formatCount(canary.pending)],
				]}
			/>
		</div>
	);
}

function Said({ bulk }: { bulk: BulkAction }) {
	switch (bulk.state) {
		case "canary":
			return (
				<Notice tone="active">
					{bulk.verb === "retry"
						? "The canary runs. The rest waits until it is known how its jobs go."
						: "The canary is being acted on."}{" "}
					{bulk.continueWhenGreen && "When all of it succeeds, the rest goes by itself."}
				</Notice>
			);
		case "waiting":
			if (bulk.verdict === "green") {
				return <Notice tone="done">All of the canary went well. Let the rest go, or stop here.</Notice>;
			}
			if (bulk.verdict === "red") {
				return (
					<Notice tone="bad">
						Jobs of the canary failed again, so the cause is not gone. Look at one of them, then let the rest go or stop
						here.
					</Notice>
				);
			}
			return (
				<Notice tone="active">
					It cannot be told how the canary went, or some jobs were not reached. Look at the jobs, then let the rest go
					or stop here.
				</Notice>
			);
		case "running":
			return <Notice tone="active">The rest goes. You may leave this page: it goes on by itself.</Notice>;
		case "aborted":
			return <Notice tone="idle">Stopped by {bulk.abortedBy}. What was done stays done.</Notice>;
		default:
			return (
				<Notice tone="done">
					Every job has its result{bulk.finishedAt && <Time at={bulk.finishedAt} prefix=", " />}.
				</Notice>
			);
	}
}

const NOTICES = {
	done: "bg-done-soft text-done",
	bad: "bg-bad-soft text-bad",
	active: "bg-active-soft text-active",
	idle: "bg-idle-soft text-idle",
};

function Notice({ tone, children }: { tone: keyof typeof NOTICES; children: ComponentChildren }) {
	const icon = { done: "checkCircle", bad: "alert", active: "refresh", idle: "ban" } as const;
	return (
		<div role="status" class={`flex items-start gap-2 rounded-md px-4 py-3 ${NOTICES[tone]}`}>
			<Icon name={icon[tone]} class="mt-0.5" />
			<p>{children}</p>
		</div>
	);
}

/** What the selection holds: the same before, while and after. */
function Holds({ bulk }: { bulk: BulkAction }) {
	const { kinds, workspaces, errors, states, unable } = bulk.summary;
	const unableJobs = bulk.total - bulk.able;
	return (
		<section>
			<h2 class="mb-3 text-lg font-semibold">
				{plural(bulk.total, "job")} chosen, {formatCount(bulk.able)} of them can be {verbDone(bulk.verb)}
			</h2>
			<div class="grid grid-cols-1 items-start gap-4 md:grid-cols-2">
				{unableJobs > 0 && (
					<div class="card p-5 md:col-span-2">
						<h3 class="mb-2 font-semibold">{plural(unableJobs, "job")} cannot</h3>
						<ul class="grid gap-1 text-ink-2">
							{unable.map(({ obstacle, count }) => (
								<li key={obstacle} class="flex gap-3">
									<span class="min-w-10 text-right font-medium text-ink">{formatCount(count)}</span>
									{OBSTACLES[obstacle]}
								</li>
							))}
						</ul>
					</div>
				)}
				{errors.length > 0 && <Groups wide title="By error" groups={errors} label={(group) => group.example ?? "?"} />}
				<Groups title="By kind" groups={kinds} label={(group) => group.name ?? "?"} />
				<Groups title="By workspace" groups={workspaces} label={(group) => group.name ?? "none"} />
				{states.length > 1 && (
					<Groups
						title="By state"
						groups={states}
						label={(group) => JOB_WORDS[group.name as keyof typeof JOB_WORDS]?.label ?? group.name}
					/>
				)}
			</div>
		</section>
	);
}

interface GroupsProps {
	title: string;
	groups: BulkGroup[];
	label: (group: BulkGroup) => ComponentChildren;
	wide?: boolean;
}

function Groups({ title, groups, label, wide = false }: GroupsProps) {
	return (
		<div class={`card p-5 ${wide ? "md:col-span-2" : ""}`}>
			<h3 class="mb-2 font-semibold">{title}</h3>
			<ol class="grid grid-cols-1 gap-1">
				{groups.map((group) => (
					<li key={group.name} class="flex gap-3">
						<span class="min-w-10 shrink-0 text-right font-medium">{formatCount(group.count)}</span>
						<span class="min-w-0 text-ink-2 wrap-anywhere">{label(group)}</span>
					</li>
				))}
			</ol>
		</div>
	);
}
