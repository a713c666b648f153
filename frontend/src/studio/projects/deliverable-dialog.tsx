import { api, type Deliverable, type Project } from "@/api";
import { Button, Dialog, Field, FormError, TextField, useForm } from "@/ui";
import { useRefresh } from "./acting";

interface DeliverableDialogProps {
	project: Project;
	/** The deliverable to change; without one a new one is made. */
	deliverable?: Deliverable;
	onClose: () => void;
}

export function DeliverableDialog({ project, deliverable, onClose }: DeliverableDialogProps) {
	const refresh = useRefresh();
	const form = useForm({
		initial: {
			title: deliverable?.title ?? "",
			category: deliverable?.category ?? "",
			dueDate: deliverable?.dueDate ?? "",
			description: deliverable?.description ?? "",
			notes: deliverable?.notes ?? "",
		},
		fields: ["title", "category", "dueDate", "description", "notes"],
		check: ({ title }) => (title.trim() ? {} : { title: "Enter a title." }),
		save: async ({ title, category, dueDate, description, notes }) => {
			const input = {
				title,
				description,
				category: category.trim() || null,
				dueDate: dueDate || null,
				notes: notes.trim() || null,
			};
			if (deliverable) await api.deliverables.update(deliverable.id, { ...input, version: deliverable.version });
			else await api.deliverables.create({ ...input, contactId: project.contact.id, projectId: project.id });
			await refresh();
			onClose();
		},
	});
	const { values, set, errors } = form;
	return (
		<Dialog
			title={deliverable ? "Edit deliverable" : "Add a deliverable"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="deliverable-form" look="primary" busy={form.busy}>
						{deliverable ? "Save changes" : "Add"}
					</Button>
				</>
			}
		>
			<form
				id="deliverable-form"
				ref={form.ref}
				noValidate
				class="grid grid-cols-1 gap-4 sm:grid-cols-2"
				onSubmit={form.submit}
			>
				{form.general && (
					<div class="sm:col-span-2">
						<FormError>{form.general}</FormError>
					</div>
				)}
				<TextField
					label="Title"
					autocomplete="off"
					class="sm:col-span-2"
					value={values.title}
					onValue={set("title")}
					error={errors["title"]}
				/>
				<TextField
					label="Category"
					optional
					autocomplete="off"
					value={values.category}
					onValue={set("category")}
					error={errors["category"]}
				/>
				<TextField
					label="Due on"
					type="date"
					optional
					value={values.dueDate}
					onValue={set("dueDate")}
					error={errors["dueDate"]}
				/>
				{(["description", "notes"] as const).map((name) => (
					<Field
						key={name}
						label={name === "notes" ? "Notes" : "Description"}
						optional
						error={errors[name]}
						class="sm:col-span-2"
					>
						{(control) => (
							<textarea
								{...control}
								rows={3}
								class="field"
								value={values[name]}
								onInput={(event) => set(name)(event.currentTarget.value)}
							/>
						)}
					</Field>
				))}
			</form>
		</Dialog>
	);
}
