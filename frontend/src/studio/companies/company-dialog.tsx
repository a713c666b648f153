import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "preact/hooks";
import { api, type Company } from "@/api";
import { Button, Dialog, Field, FormError, TextField, useForm } from "@/ui";

const FIELDS = ["name", "website", "phone", "notes"] as const;

interface CompanyDialogProps {
	/** The company to change; without one a new one is made. */
	company?: Company;
	onClose: () => void;
	onSaved: (company: Company) => void;
}

export function CompanyDialog({ company, onClose, onSaved }: CompanyDialogProps) {
	const queries = useQueryClient();
	const version = useRef(company?.version ?? 0);
	const form = useForm({
		initial: draft(company),
		fields: FIELDS,
		save: async (values) => {
			const input = {
				name: values.name,
				website: values.website || null,
				phone: values.phone || null,
				notes: values.notes || null,
			};
			const saved = company
				? await api.companies.update(company.id, { ...input, version: version.current })
				: await api.companies.create(input);
			queries.setQueryData(["companies", "one", saved.company.id], saved.company);
			queries.invalidateQueries({ queryKey: ["companies", "list"] });
			queries.invalidateQueries({ queryKey: ["contacts"] });
			onSaved(saved.company);
		},
	});
	const { values, set, errors, problem } = form;
	const reload = async () => {
		if (!company) return;
		const { company: newest } = await api.companies.get(company.id);
		version.current = newest.version;
		queries.setQueryData(["companies", "one", newest.id], newest);
		form.replace(draft(newest));
	};

	return (
		<Dialog
			title={company ? "Edit company" : "New company"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="company-form" look="primary" busy={form.busy}>
						{company ? "Save changes" : "Create company"}
					</Button>
				</>
			}
		>
			<form id="company-form" ref={form.ref} noValidate class="grid grid-cols-1 gap-4" onSubmit={form.submit}>
				{problem?.code === "stale_version" ? (
					<FormError>
						<p>
							Someone else changed this company while you were editing, so nothing was saved. What you typed here will
							be replaced.
						</p>
						<Button size="sm" icon="refresh" class="mt-2" onClick={reload}>
							Load the newest version
						</Button>
					</FormError>
				) : (
					form.general && <FormError>{form.general}</FormError>
				)}
				<TextField
					label="Name"
					autocomplete="off"
					value={values.name}
					onValue={set("name")}
					error={
						errors["name"] && problem?.code === "duplicate_company" && problem.existingId ? (
							<>
								{errors["name"]}{" "}
								<a href={`/companies/${problem.existingId}`} class="font-medium underline underline-offset-4">
									Open the existing company
								</a>
							</>
						) : (
							errors["name"]
						)
					}
				/>
				<TextField
					label="Website"
					optional
					type="url"
					autocomplete="off"
					placeholder="https://"
					value={values.website}
					onValue={set("website")}
					error={errors["website"]}
				/>
				<TextField
					label="Phone"
					optional
					type="tel"
					autocomplete="off"
					value={values.phone}
					onValue={set("phone")}
					error={errors["phone"]}
				/>
				<Field label="Notes" optional hint="Your clients do not see them." error={errors["notes"]}>
					{(control) => (
						<textarea
							{...control}
							rows={3}
							class="field"
							value={values.notes}
							onInput={(event) => set("notes")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}

function draft(company?: Company) {
	return {
		name: company?.name ?? "",
		website: company?.website ?? "",
		phone: company?.phone ?? "",
		notes: company?.notes ?? "",
	};
}
