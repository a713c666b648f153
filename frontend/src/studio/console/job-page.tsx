import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api, type Job } from "@/api";
import { Button, Confirm, Load, Page, StaleNotice, toast } from "@/ui";
import { useSession } from "../session";
import { EditDialog } from "./job-edit";
import { Sidebar } from "./job-sidebar";
import { Story } from "./job-story";
import { JobStateBadge } from "./jobs-list";
import { usePollInterval } from "./live";
import { mayCancel, mayDelete, mayEdit, mayRetry } from "./words";

export function JobPage({ id }: { id: string }) {
	const refetchInterval = usePollInterval();
	const query = useQuery({
		queryKey: ["console", "job", id],
		queryFn: () => api.console.job(id),
		refetchInterval,
	});
	const job = query.data;
	return (
		<Page
			title={job?.kind ?? "Job"}
			back={{ href: "/console/jobs", label: "Jobs" }}
			badge={job && <JobStateBadge job={job} />}
			lead={job && <code class="font-mono text-xs wrap-anywhere text-ink-3">{job.id}</code>}
			actions={job && <Actions job={job} />}
		>
			<StaleNotice query={query} />
			<Load
				query={query}
				whyGone="No job has this id, or it ended more than 30 days ago: finished and cancelled jobs are kept that long."
			>
				{(data) => (
					<div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[1fr_20rem]">
						<Story job={data} />
						<Sidebar job={data} />
					</div>
				)}
			</Load>
		</Page>
	);
}

type Asking = "retry" | "cancel" | "delete" | "edit";

function Actions({ job }: { job: Job }) {
	const { operator } = useSession();
	const queries = useQueryClient();
	const [, navigate] = useLocation();
	const [asking, setAsking] = useState<Asking | null>(null);
	const close = () => setAsking(null);
	const one = `One ${job.kind} job${job.workspaceName ? ` of ${job.workspaceName}` : ""}`;

	if (operator === "read_only") {
		return <p class="max-w-64 text-xs text-ink-3">You may look at everything and change nothing.</p>;
	}

	const settle = (changed: Job) => {
		queries.setQueryData(["console", "job", changed.id], changed);
		queries.invalidateQueries({ queryKey: ["console"] });
	};
	const retry = async () => {
		const changed = await api.console.retry(job.id);
		settle(changed);
		if (changed.id !== job.id) {
			toast("A copy of the job will run. This is its page.");
			navigate(`/console/jobs/${changed.id}`);
		} else {
			toast("The job will run again.");
		}
	};
	const cancel = async () => {
		const changed = await api.console.cancel(job.id);
		settle(changed);
		toast(
			changed.state === "cancelled"
				? "The job is cancelled."
				: "The job is asked to stop. It ends at its next safe point.",
		);
	};
	const remove = async () => {
		settle(await api.console.remove(job.id));
		toast("The job is deleted. It is kept with those that ended for 30 days.");
	};

	return (
		<>
			{mayCancel(job, operator) && (
				<Button icon="ban" onClick={() => setAsking("cancel")}>
					Cancel job
				</Button>
			)}
			{mayDelete(job, operator) && (
				<Button icon="trash" onClick={() => setAsking("delete")}>
					Delete
				</Button>
			)}
			{mayEdit(job, operator) && (
				<Button
					icon="pencil"
					disabled={job.noEdit !== null}
					title={job.noEdit ?? undefined}
					onClick={() => setAsking("edit")}
				>
					Edit and ask again
				</Button>
			)}
			{mayRetry(job, operator) && (
				<Button
					look="primary"
					icon="refresh"
					disabled={job.keyHolder !== null}
					title={job.keyHolder ? "Another job that does the same work is live." : undefined}
					onClick={() => setAsking("retry")}
				>
					Retry
				</Button>
			)}
			{asking === "edit" && <EditDialog job={job} onClose={close} />}
			{asking === "retry" && (
				<Confirm title="Retry this job?" action="Retry job" onClose={close} run={retry}>
					<p>{one} runs again with the same arguments. A job that belongs to a finished batch runs as a linked copy.</p>
				</Confirm>
			)}
			{asking === "cancel" && (
				<Confirm danger title="Cancel this job?" action="Cancel job" onClose={close} run={cancel}>
					<p>
						{one}{" "}
						{job.state === "running"
							? "is running. It is asked to stop, and refuses once it has had an effect outside."
							: "will not run, nor will jobs that wait for it."}
					</p>
				</Confirm>
			)}
			{asking === "delete" && (
				<Confirm danger title="Delete this job?" action="Delete job" onClose={close} run={remove}>
					<p>
						{one} leaves the dead jobs and cannot be retried any more. Jobs that wait for it are cancelled. Its page
						stays for 30 days.
					</p>
				</Confirm>
			)}
		</>
	);
}
