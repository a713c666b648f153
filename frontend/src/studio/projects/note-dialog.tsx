import { Button, Dialog, Field, FormError, useForm } from "@/ui";
import { useRefresh } from "./acting";

interface NoteDialogProps {
	title: string;
	lead: string;
	/** What is written. */
	field: string;
	/** Name of the field on the wire. */
	name: "note" | "summary" | "reason";
	action: string;
	required?: boolean;
	danger?: boolean;
	save: (text: string) => Promise<unknown>;
	onClose: () => void;
}

/** Asks for some words before something is done. */
export function NoteDialog(props: NoteDialogProps) {
	const { title, lead, field, name, action, required = false, danger = false, save, onClose } = props;
	const refresh = useRefresh();
	const form = useForm({
		initial: { note: "", summary: "", reason: "" },
		fields: [name],
		check: (values) => (required && !values[name].trim() ? { [name]: "Say what is to be changed." } : {}),
		save: async (values) => {
			try {
				await save(values[name]);
			} finally {
				await refresh();
			}
			onClose();
		},
	});
	return (
		<Dialog
			title={title}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button type="submit" form="note-form" look={danger ? "danger" : "primary"} busy={form.busy}>
						{action}
					</Button>
				</>
			}
		>
			<form id="note-form" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				<p class="text-ink-2">{lead}</p>
				{form.general && <FormError>{form.general}</FormError>}
				<Field label={field} optional={!required} error={form.errors[name]}>
					{(control) => (
						<textarea
							{...control}
							rows={4}
							class="field"
							value={form.values[name]}
							onInput={(event) => form.set(name)(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}
