import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, type JobRow, type Node } from "@/api";
import {
	Button,
	type Column,
	Confirm,
	Facts,
	Load,
	None,
	Page,
	plural,
	ROW_LINK,
	Section,
	StaleNotice,
	Table,
	Time,
	toast,
} from "@/ui";
import { Acts } from "./acting";
import { LiveBadge } from "./badge";
import { usePollInterval } from "./live";
import { NodeState } from "./nodes";

export function NodePage({ id }: { id: string }) {
	const refetchInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "node", id],
		queryFn: () => api.console.node(id),
		refetchInterval,
	});
	const node = query.data;
	return (
		<Page
			title={node?.name ?? "Node"}
			back={{ href: "/console/nodes", label: "Nodes" }}
			badge={
				<>
					{node && <NodeState node={node} />}
					<LiveBadge />
				</>
			}
			actions={node && <Steering node={node} />}
		>
			<StaleNotice query={query} />
			<Load query={query} whyGone="It is gone for more than 30 days, or there never was such a node.">
				{(data) => (
					<>
						<Section title="About">
							<div class="card p-5">
								<Facts
									class="sm:grid-cols-2 lg:grid-cols-4"
									facts={[
										["Host", `${data.host}, pid ${data.pid}`],
										["Version", data.version],
										["Started", <Time key="started" at={data.startedAt} />],
										["Last seen", <Time key="seen" at={data.beatAt} />],
										[
											"Queues, and how many jobs at once",
											data.queues.length === 0 ? (
												<None />
											) : (
												data.queues.map((queue) => `${queue.name} ${queue.concurrency}`).join(", ")
											),
										],
										...(data.asked
											? [
													[
														"Asked",
														<>
															{data.asked === "stop" ? "to stop" : "to take no new work"} by {data.askedBy}
															{data.askedAt && <Time at={data.askedAt} prefix=", " />}
														</>,
													] as [string, ComponentChildren],
												]
											: []),
										...(data.isolated
											? [["Kind", "A child that runs suspects for another node, one at a time"] as [string, string]]
											: []),
									]}
								/>
							</div>
						</Section>
						<Section title="What it runs now" lead={plural(data.running, "job")}>
							{data.jobs.length === 0 ? (
								<p class="card p-5 text-ink-2">
									{data.state === "gone" ? "It runs nothing any more." : "Nothing at the moment."}
								</p>
							) : (
								<Table
									caption="Jobs of this node"
									columns={JOBS}
									rows={data.jobs}
									rowKey={(job) => job.id}
									card={(job) => (
										<div class="grid gap-0.5">
											<JobLink job={job} />
											<span class="text-ink-2">
												{job.queue} · {job.startedAt && <Time at={job.startedAt} prefix="since " />}
											</span>
										</div>
									)}
								/>
							)}
						</Section>
					</>
				)}
			</Load>
		</Page>
	);
}

function JobLink({ job }: { job: JobRow }) {
	return (
		<Link href={`/console/jobs/${job.id}`} className={ROW_LINK}>
			{job.kind}
		</Link>
	);
}

const JOBS: Column<JobRow>[] = [
	{ key: "kind", label: "Job", cell: (job) => <JobLink job={job} /> },
	{ key: "queue", label: "Queue", class: "text-ink-2", cell: (job) => job.queue },
	{ key: "workspace", label: "Workspace", class: "text-ink-2", cell: (job) => job.workspaceName ?? <None /> },
	{ key: "attempt", label: "Attempt", align: "right", cell: (job) => `${job.attempt} of ${job.maxAttempts}` },
	{
		key: "since",
		label: "Runs since",
		class: "text-ink-2",
		cell: (job) => (job.startedAt ? <Time at={job.startedAt} /> : <None />),
	},
];

type Deed = "quiet" | "resume" | "stop";

const DEEDS: Record<Deed, { act: (id: string) => Promise<Node>; action: string; done: string }> = {
	quiet: { act: api.console.quietNode, action: "Take no new work", done: "was told to take no new work." },
	resume: { act: api.console.resumeNode, action: "Work again", done: "takes work again." },
	stop: { act: api.console.stopNode, action: "Stop node", done: "was told to stop." },
};

function Steering({ node }: { node: Node }) {
	const queries = useQueryClient();
	const [asking, setAsking] = useState<Deed | null>(null);
	if (node.state === "gone" || node.isolated) return null;
	const stops = node.state === "stopping" || node.asked === "stop";
	const quiet = node.state === "quiet" || node.asked === "quiet";
	return (
		<Acts>
			{!stops && (
				<>
					{quiet ? (
						<Button icon="play" onClick={() => setAsking("resume")}>
							Work again
						</Button>
					) : (
						<Button icon="pause" onClick={() => setAsking("quiet")}>
							Quiet
						</Button>
					)}
					<Button icon="ban" onClick={() => setAsking("stop")}>
						Stop
					</Button>
				</>
			)}
			{asking && (
				<Confirm
					title={
						{ quiet: `Quiet ${node.name}?`, resume: `Let ${node.name} work again?`, stop: `Stop ${node.name}?` }[asking]
					}
					action={DEEDS[asking].action}
					danger={asking === "stop"}
					onClose={() => setAsking(null)}
					run={async () => {
						await DEEDS[asking].act(node.id);
						await queries.invalidateQueries({ queryKey: ["console", "node", node.id] });
						toast(`${node.name} ${DEEDS[asking].done}`);
					}}
				>
					{asking === "quiet" && (
						<p>
							It ends the {plural(node.running, "job")} it has and takes no new ones, until somebody lets it work again.
							When no other node runs, jobs wait.
						</p>
					)}
					{asking === "resume" && <p>It takes new jobs within a second.</p>}
					{asking === "stop" && (
						<p>
							It lets the {plural(node.running, "job")} it has end, gives back what takes too long, and then its process
							ends. Nothing is lost. It cannot be taken back; whatever started the process may start it again.
						</p>
					)}
				</Confirm>
			)}
		</Acts>
	);
}
