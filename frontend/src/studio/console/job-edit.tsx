import { useQueryClient } from "@tanstack/react-query";
import { type ParseError, parse } from "jsonc-parser";
import { Link, useLocation } from "wouter-preact";
import { api, type Job } from "@/api";
import { Button, Dialog, Field, FormError, toast, useForm } from "@/ui";

/** Asks for a job again with other arguments. The original stays as it is, and both name each other. */
export function EditDialog({ job, onClose }: { job: Job; onClose: () => void }) {
	const queries = useQueryClient();
	const [, navigate] = useLocation();
	const form = useForm({
		initial: { args: JSON.stringify(job.args, null, 2) },
		fields: ["args"],
		check: ({ args }) => {
			const wrong = wrongJson(args);
			return wrong ? { args: wrong } : {};
		},
		save: async ({ args }) => {
			const copy = await api.console.edit(job.id, JSON.parse(args));
			queries.setQueryData(["console", "job", copy.id], copy);
			queries.invalidateQueries({ queryKey: ["console"] });
			onClose();
			toast("A copy of the job will run. This is its page.");
			navigate(`/console/jobs/${copy.id}`);
		},
	});
	const holder = form.problem?.existingId;
	return (
		<Dialog
			wide
			title="Edit and ask again"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button look="primary" type="submit" form="edit-job" busy={form.busy}>
						Ask again
					</Button>
				</>
			}
		>
			<form id="edit-job" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && (
					<FormError>
						{form.general}
						{holder && (
							<>
								{" "}
								<Link href={`/console/jobs/${holder}`} className="font-medium underline" onClick={onClose}>
									Open that job
								</Link>
							</>
						)}
					</FormError>
				)}
				<p class="text-ink-2">
					One {job.kind} job{job.workspaceName ? ` of ${job.workspaceName}` : ""} runs as a linked copy with these
					arguments. What it has done outside already is not done twice.
				</p>
				<Field
					label="Arguments"
					hint={job.masked ? "JSON. What is masked stays as it was unless you write something else." : "JSON."}
					error={form.errors.args}
				>
					{(control) => (
						<textarea
							{...control}
							class="field min-h-48 py-2! font-mono text-xs leading-normal!"
							spellcheck={false}
							value={form.values.args}
							onInput={(event) => form.set("args")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}

/** What is wrong with the text as JSON, with the line. Browsers' own messages do not all tell the place. */
export function wrongJson(text: string): string | null {
	const errors: ParseError[] = [];
	const value: unknown = parse(text, errors, { disallowComments: true });
	const [first] = errors;
	if (first) {
		const line = text.slice(0, first.offset).split("\n").length;
		return `This is not JSON. Look at line ${line}: a comma, quote or bracket is missing or too many.`;
	}
	const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
	return isObject ? null : "Arguments are an object with named fields: { … }.";
}
