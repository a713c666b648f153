import { api, type Proposal } from "@/api";
import { Button, Dialog, Field, FormError, useForm } from "@/ui";

interface DecisionDialogProps {
	proposal: Proposal;
	decision: "approve" | "decline";
	onClose: () => void;
	onSaved: (proposal: Proposal) => void;
}

/** Writes down what the client has said otherwise than in the portal. */
export function DecisionDialog({ proposal, decision, onClose, onSaved }: DecisionDialogProps) {
	const approves = decision === "approve";
	const form = useForm({
		initial: { note: "" },
		fields: ["note"],
		save: async ({ note }) => {
			const sentVersion = proposal.sentVersion ?? 0;
			onSaved(await api.proposals[decision](proposal.id, { sentVersion, note }));
		},
	});
	return (
		<Dialog
			title={approves ? "The client has approved" : "The client has declined"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button type="submit" form="decision-form" look={approves ? "primary" : "danger"} busy={form.busy}>
						{approves ? "Record approval" : "Record refusal"}
					</Button>
				</>
			}
		>
			<form id="decision-form" ref={form.ref} noValidate class="grid grid-cols-1 gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<p class="text-ink-2">
					{approves
						? `Version ${proposal.sentVersion} becomes a project with its milestones, deliverables and payments. `
						: `Nobody can decide on it any more. `}
					The history and the audit log will say that you recorded it for {proposal.contactName}.
				</p>
				<Field label="How did they say so" hint="For example: by phone, on Monday." error={form.errors["note"]}>
					{(control) => (
						<textarea
							{...control}
							rows={3}
							class="field"
							value={form.values.note}
							onInput={(event) => form.set("note")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}
