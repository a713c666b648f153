import { useRef } from "preact/hooks";
import { api, asProblem, type Project } from "@/api";
import { Button, Checkbox, CURRENCIES, Dialog, Field, FormError, SelectField, TextField, useForm } from "@/ui";
import { useRefresh } from "./acting";
import { canInvite, changeFrom, checkDraft, draftFrom, EMPTY_DRAFT, newFrom, ORIGINALS } from "./draft";

const FIELDS = [
	"contactName",
	"contactEmail",
	"contactCompany",
	"title",
	"projectType",
	"description",
	"amount",
	"currency",
	"deadline",
	"estimatedDays",
] as const;

/** What a field is called on the wire, where the form calls it otherwise. */
const WIRE_NAMES: Record<string, string> = {
	"contact.name": "contactName",
	"contact.email": "contactEmail",
	"contact.company": "contactCompany",
	amountMinor: "amount",
};

interface ProjectDialogProps {
	/** The project to change; without one a new one is made. */
	project?: Project;
	onClose: () => void;
	onSaved: (project: Project) => void;
}

export function ProjectDialog({ project, onClose, onSaved }: ProjectDialogProps) {
	const refresh = useRefresh();
	const version = useRef(project?.version ?? 0);
	const form = useForm({
		initial: project ? draftFrom(project) : EMPTY_DRAFT,
		fields: FIELDS,
		check: (draft) => checkDraft(draft, project === undefined),
		save: async (draft) => {
			try {
				const saved = project
					? await api.projects.update(project.id, changeFrom(draft, project, version.current))
					: await api.projects.create(newFrom(draft));
				await refresh();
				onSaved(saved);
			} catch (error) {
				const problem = asProblem(error);
				for (const each of problem.errors) each.field = WIRE_NAMES[each.field] ?? each.field;
				throw problem;
			}
		},
	});
	const { values, set, errors } = form;
	const currencies = CURRENCIES.includes(values.currency) ? CURRENCIES : [...CURRENCIES, values.currency];
	return (
		<Dialog
			wide
			title={project ? "Edit project" : "New project"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="project-form" look="primary" busy={form.busy}>
						{project ? "Save changes" : "Create project"}
					</Button>
				</>
			}
		>
			<form
				id="project-form"
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
				{!project && (
					<fieldset class="grid grid-cols-1 gap-4 sm:col-span-2 sm:grid-cols-3">
						<legend class="mb-2 font-semibold">Who it is for</legend>
						<TextField
							label="Name"
							autocomplete="off"
							value={values.contactName}
							onValue={set("contactName")}
							error={errors["contactName"]}
						/>
						<TextField
							label="Email"
							type="email"
							autocomplete="off"
							optional
							hint="Finds a client you know."
							value={values.contactEmail}
							onValue={set("contactEmail")}
							error={errors["contactEmail"]}
						/>
						<TextField
							label="Company"
							autocomplete="off"
							optional
							value={values.contactCompany}
							onValue={set("contactCompany")}
							error={errors["contactCompany"]}
						/>
					</fieldset>
				)}
				<TextField
					label="Title"
					autocomplete="off"
					class="sm:col-span-2"
					value={values.title}
					onValue={set("title")}
					error={errors["title"]}
				/>
				<div class="grid grid-cols-[1fr_6.5rem] items-start gap-3">
					<TextField
						label="Amount"
						inputMode="decimal"
						autocomplete="off"
						disabled={project?.isAmountAgreed ?? false}
						hint={project?.isAmountAgreed ? "Agreed on with the client." : "0 costs nothing."}
						value={values.amount}
						onValue={set("amount")}
						error={errors["amount"]}
					/>
					<SelectField
						label="Currency"
						disabled={project !== undefined}
						value={values.currency}
						onValue={set("currency")}
						options={currencies.map((code) => ({ value: code, label: code }))}
						error={errors["currency"]}
					/>
				</div>
				<TextField
					label="Type"
					optional
					autocomplete="off"
					hint="Such as mixing, a kitchen, a brand."
					value={values.projectType}
					onValue={set("projectType")}
					error={errors["projectType"]}
				/>
				<TextField
					label="Deadline"
					type="date"
					optional
					value={values.deadline}
					onValue={set("deadline")}
					error={errors["deadline"]}
				/>
				<TextField
					label="Days it takes"
					inputMode="numeric"
					optional
					autocomplete="off"
					value={values.estimatedDays}
					onValue={set("estimatedDays")}
					error={errors["estimatedDays"]}
				/>
				<SelectField
					label="Originals can be downloaded"
					value={values.originalsOpen}
					onValue={set("originalsOpen")}
					options={ORIGINALS}
				/>
				<div class="grid content-start gap-1 sm:pt-7">
					<Checkbox
						label="A licence belongs to it"
						checked={values.licenceRequired}
						onChecked={set("licenceRequired")}
					/>
					{!project && (
						<>
							<Checkbox label="Keep it as a draft for now" checked={values.isDraft} onChecked={set("isDraft")} />
							<Checkbox
								label="Mail the client a link to it"
								disabled={!canInvite(values)}
								checked={values.invite && canInvite(values)}
								onChecked={set("invite")}
							/>
						</>
					)}
				</div>
				<Field label="Description" optional error={errors["description"]} class="sm:col-span-2">
					{(control) => (
						<textarea
							{...control}
							rows={3}
							class="field"
							value={values.description}
							onInput={(event) => set("description")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}
