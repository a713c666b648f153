import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type ProgressUpdate, type Project } from "@/api";
import {
	Button,
	Dialog,
	ErrorState,
	Field,
	FormError,
	Progress,
	Skeleton,
	TextField,
	Time,
	toast,
	useForm,
} from "@/ui";
import { useRefresh } from "./acting";

/** How the work goes, in the producer's words; the client reads it, too. */
export function ProgressUpdates({ project }: { project: Project }) {
	const [telling, setTelling] = useState(false);
	const isWorkedOn = project.state === "open" || project.state === "in_progress";
	const query = useInfiniteQuery({
		queryKey: ["projects", "progress", project.id],
		queryFn: ({ pageParam }) => api.projects.progress(project.id, pageParam),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
	});
	const updates = query.data?.pages.flatMap((page) => page.updates);
	return (
		<section class="card p-5" aria-labelledby="project-progress">
			<div class="mb-3 flex flex-wrap items-center justify-between gap-3">
				<h2 id="project-progress" class="font-semibold">
					Progress updates
				</h2>
				{isWorkedOn && (
					<Button size="sm" icon="plus" onClick={() => setTelling(true)}>
						Post an update
					</Button>
				)}
			</div>
			{project.percent !== null && (
				<div class="mb-4 flex items-center gap-3">
					<div class="grow">
						<Progress compact label="Done" done={project.percent} total={100} />
					</div>
					<span class="text-ink-2">{project.percent} %</span>
				</div>
			)}
			{updates ? (
				updates.length === 0 ? (
					<p class="text-ink-3">Nothing has been told yet.</p>
				) : (
					<ol class="divide-y divide-line">
						{updates.map((update) => (
							<Update key={update.id} update={update} />
						))}
					</ol>
				)
			) : query.isError ? (
				<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
			) : (
				<Skeleton lines={2} />
			)}
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show earlier updates
				</Button>
			)}
			{telling && <ProgressDialog project={project} onClose={() => setTelling(false)} />}
		</section>
	);
}

function Update({ update }: { update: ProgressUpdate }) {
	return (
		<li class="grid gap-1 py-3 first:pt-0 last:pb-0">
			<div class="flex flex-wrap items-baseline gap-x-3">
				<h3 class="font-medium wrap-anywhere">{update.title}</h3>
				<span class="text-ink-3">
					{update.percent !== null && `${update.percent} % · `}
					{update.by && `${update.by} · `}
					<Time at={update.createdAt} />
				</span>
			</div>
			{update.body && <p class="wrap-anywhere whitespace-pre-line text-ink-2">{update.body}</p>}
		</li>
	);
}

function ProgressDialog({ project, onClose }: { project: Project; onClose: () => void }) {
	const refresh = useRefresh();
	const form = useForm({
		initial: { title: "", body: "", percent: project.percent === null ? "" : String(project.percent) },
		fields: ["title", "body", "percent"],
		check: ({ title, percent }) => ({
			...(title.trim() ? {} : { title: "Say in a few words how it goes." }),
			...(percent.trim() === "" || /^(100|\d{1,2})$/.test(percent.trim())
				? {}
				: { percent: "Enter a number from 0 to 100." }),
		}),
		save: async ({ title, body, percent }) => {
			await api.projects.tell(project.id, { title, body, percent: percent.trim() === "" ? null : Number(percent) });
			await refresh();
			toast("The update is posted.");
			onClose();
		},
	});
	const { values, set, errors } = form;
	return (
		<Dialog
			title="Post an update"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="progress-form" look="primary" busy={form.busy}>
						Post
					</Button>
				</>
			}
		>
			<form id="progress-form" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField
					label="Title"
					autocomplete="off"
					value={values.title}
					onValue={set("title")}
					error={errors["title"]}
				/>
				<TextField
					label="Done in percent"
					inputMode="numeric"
					optional
					autocomplete="off"
					value={values.percent}
					onValue={set("percent")}
					error={errors["percent"]}
				/>
				<Field label="More" optional error={errors["body"]}>
					{(control) => (
						<textarea
							{...control}
							rows={4}
							class="field"
							value={values.body}
							onInput={(event) => set("body")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}
