import { useRef } from "preact/hooks";
import { api, type Contact } from "@/api";
import { Button, Dialog, FormError, SelectField, TextField, useForm } from "@/ui";
import { ACCESS, accessWords } from "./words";

const FIELDS = ["name", "email", "phone", "title", "company", "access"] as const;

interface ContactDialogProps {
	/** The contact to change; without one a new one is made. */
	contact?: Contact;
	/** The client a new one belongs to; found or added unless given. */
	clientId?: string;
	/** The company of a new one. */
	company?: string;
	onClose: () => void;
	onSaved: (contact: Contact) => void;
}

export function ContactDialog({ contact, clientId, company = "", onClose, onSaved }: ContactDialogProps) {
	const version = useRef(contact?.version ?? 0);
	const form = useForm({
		initial: {
			name: contact?.name ?? "",
			email: contact?.email ?? "",
			phone: contact?.phone ?? "",
			title: contact?.title ?? "",
			company: contact ? (contact.company ?? "") : company,
			access: contact?.access ?? "full",
		},
		fields: FIELDS,
		save: async (values) => {
			const input = {
				name: values.name,
				email: values.email || null,
				phone: values.phone || null,
				title: values.title || null,
				company: values.company || null,
				access: values.access,
			};
			onSaved(
				contact
					? await api.contacts.update(contact.id, { ...input, version: version.current })
					: await api.contacts.upsert({ ...input, ...(clientId ? { clientId } : {}) }),
			);
		},
	});
	const { values, set, errors } = form;

	return (
		<Dialog
			title={contact ? "Edit contact" : "Add contact"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="contact-form" look="primary" busy={form.busy}>
						{contact ? "Save changes" : "Add contact"}
					</Button>
				</>
			}
		>
			<form id="contact-form" ref={form.ref} noValidate class="grid grid-cols-1 gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField label="Name" autocomplete="off" value={values.name} onValue={set("name")} error={errors["name"]} />
				<TextField
					label="Email"
					type="email"
					autocomplete="off"
					hint="Proposals and links to the portal go there."
					value={values.email}
					onValue={set("email")}
					error={errors["email"]}
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
				<TextField
					label="Title"
					optional
					autocomplete="off"
					value={values.title}
					onValue={set("title")}
					error={errors["title"]}
				/>
				<TextField
					label="Company"
					optional
					autocomplete="off"
					hint="A company that you do not have yet is added."
					value={values.company}
					onValue={set("company")}
					error={errors["company"]}
				/>
				<SelectField
					label="Access to the portal"
					hint={accessWords(values.access).means}
					value={values.access}
					onValue={(access) => set("access")(ACCESS.find((each) => each.value === access)?.value ?? "full")}
					options={ACCESS}
					error={errors["access"]}
				/>
			</form>
		</Dialog>
	);
}
