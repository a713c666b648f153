import { useId } from "preact/hooks";
import { api, type PortalLink } from "@/api";
import { Button, Dialog, FormError, PasswordField, TextField, toast, useForm } from "@/ui";
import { endOfDay, inputDay } from "./words";

interface Props {
	link: PortalLink;
	onClose: () => void;
	onSaved: () => Promise<unknown>;
}

export function CodeDialog({ link, onClose, onSaved }: Props) {
	const id = useId();
	const form = useForm({
		initial: { code: "" },
		fields: ["code"],
		check: ({ code }) => (code.trim().length < 4 ? { code: "Use at least 4 characters." } : {}),
		save: async ({ code }) => {
			await api.portalLinks.setCode(link.proposalId, link.id, code);
			await onSaved();
			toast(`${link.contactName} is asked for the code from now on.`);
			onClose();
		},
	});
	return (
		<Dialog
			title="Access code"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form={id} look="primary" busy={form.busy}>
						Set the code
					</Button>
				</>
			}
		>
			<form id={id} ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<p class="text-ink-2">
					Tell {link.contactName} the code in another way than by mail. Whoever has the portal open is asked for it at
					once.
				</p>
				<PasswordField
					label="Code"
					hint="4 to 64 characters. It is kept as a hash, so nobody can look it up."
					autocomplete="off"
					value={form.values.code}
					onValue={form.set("code")}
					error={form.errors["code"]}
				/>
			</form>
		</Dialog>
	);
}

export function ExpiryDialog({ link, onClose, onSaved }: Props) {
	const id = useId();
	const form = useForm({
		initial: { expiresAt: inputDay(new Date(link.expiresAt)) },
		fields: ["expiresAt"],
		check: ({ expiresAt }) => (expiresAt ? {} : { expiresAt: "Choose a day." }),
		save: async ({ expiresAt }) => {
			await api.portalLinks.setExpiry(link.proposalId, link.id, endOfDay(expiresAt).toISOString());
			await onSaved();
			toast("The link works until then.");
			onClose();
		},
	});
	return (
		<Dialog
			title="Until when it works"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form={id} look="primary" busy={form.busy}>
						Save
					</Button>
				</>
			}
		>
			<form id={id} ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField
					label="Last day"
					type="date"
					hint="Two years from today at most. The mails that were sent work until then."
					value={form.values.expiresAt}
					onValue={form.set("expiresAt")}
					error={form.errors["expiresAt"]}
				/>
			</form>
		</Dialog>
	);
}
