import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Proposal } from "@/api";
import { Button, CURRENCIES, Dialog, FormError, SelectField, TextField, useForm } from "@/ui";

const FIELDS = ["title", "contactId", "name", "email", "company", "currency"] as const;
const NEW = "new";

interface NewProposalDialogProps {
	onClose: () => void;
	onSaved: (proposal: Proposal) => void;
}

/** Every proposal begins with the contact whom it goes to: a known one, or one that is added with it. */
export function NewProposalDialog({ onClose, onSaved }: NewProposalDialogProps) {
	const queries = useQueryClient();
	const [search, setSearch] = useState("");
	const known = useQuery({
		queryKey: ["contacts", "list", "choice", search],
		queryFn: () => api.contacts.list({ limit: 50, ...(search ? { search } : {}) }),
		placeholderData: (before) => before,
	});
	const contacts = known.data?.contacts ?? [];
	const form = useForm({
		initial: { title: "", contactId: NEW, name: "", email: "", company: "", currency: "EUR" },
		fields: FIELDS,
		save: async (values) => {
			const whom =
				values.contactId === NEW
					? { contact: { name: values.name, email: values.email || null, company: values.company || null } }
					: { contactId: values.contactId };
			try {
				const saved = await api.proposals.create({ title: values.title, currency: values.currency, ...whom });
				queries.setQueryData(["proposals", "one", saved.id, 0], saved);
				for (const key of ["proposals", "contacts", "companies", "clients"]) {
					queries.invalidateQueries({ queryKey: [key, "list"] });
				}
				onSaved(saved);
			} catch (error) {
				const problem = asProblem(error);
				for (const each of problem.errors) each.field = each.field.replace(/^contact\./, "");
				throw problem;
			}
		},
	});
	const { values, set, errors } = form;

	return (
		<Dialog
			title="New proposal"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="proposal-form" look="primary" busy={form.busy}>
						Write it
					</Button>
				</>
			}
		>
			<form id="proposal-form" ref={form.ref} noValidate class="grid grid-cols-1 gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField
					label="Title"
					autocomplete="off"
					hint="What your client reads first."
					value={values.title}
					onValue={set("title")}
					error={errors["title"]}
				/>
				{(contacts.length > 0 || search) && (
					<>
						<TextField
							label="Find a contact"
							optional
							type="search"
							autocomplete="off"
							value={search}
							onValue={(next) => {
								setSearch(next);
								set("contactId")(NEW);
							}}
						/>
						<SelectField
							label="Contact"
							value={values.contactId}
							onValue={set("contactId")}
							options={[
								{ value: NEW, label: "Someone new" },
								...contacts.map((each) => ({
									value: each.id,
									label: [each.name, each.company, each.email].filter(Boolean).join(" · "),
								})),
							]}
							error={errors["contactId"]}
						/>
					</>
				)}
				{values.contactId === NEW && (
					<>
						<TextField
							label="Contact's name"
							autocomplete="off"
							value={values.name}
							onValue={set("name")}
							error={errors["name"]}
						/>
						<TextField
							label="Email"
							type="email"
							autocomplete="off"
							hint="The proposal goes there when you send it."
							value={values.email}
							onValue={set("email")}
							error={errors["email"]}
						/>
						<TextField
							label="Company"
							optional
							autocomplete="off"
							value={values.company}
							onValue={set("company")}
							error={errors["company"]}
						/>
					</>
				)}
				<SelectField
					label="Currency"
					value={values.currency}
					onValue={set("currency")}
					options={CURRENCIES.map((code) => ({ value: code, label: code }))}
					error={errors["currency"]}
				/>
			</form>
		</Dialog>
	);
}
