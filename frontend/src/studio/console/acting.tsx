import type { ComponentChildren } from "preact";
import { Button, Dialog, FormError, Icon, TextField, useForm } from "@/ui";
import { useSession } from "../session";

/** Buttons for full operators; the others hear why there are none. */
export function Acts({ children }: { children: ComponentChildren }) {
	const { operator } = useSession();
	if (operator === "full") return <>{children}</>;
	return (
		<p class="flex items-center gap-1.5 text-xs text-ink-3">
			<Icon name="ban" size={13} />
			You may look and change nothing. Ask a full operator to act.
		</p>
	);
}

interface ReasonDialogProps {
	title: string;
	action: string;
	look?: "danger" | "primary";
	/** Says what it will touch. */
	children: ComponentChildren;
	reason: {
		label: string;
		hint: string;
		maxLength: number;
		/** What is said when it is empty; without it the reason may be left out. */
		missing?: string;
	};
	run: (reason: string) => Promise<unknown>;
	onClose: () => void;
}

/** Why a queue or a schedule is paused. */
export const PAUSED = { label: "Why", hint: "Everybody who finds it paused reads this.", maxLength: 300 };

/** Asks for a reason before something is done that others will ask about. */
export function ReasonDialog({ title, action, look = "danger", children, reason, run, onClose }: ReasonDialogProps) {
	const form = useForm({
		initial: { reason: "" },
		fields: ["reason"],
		check: (values) => (reason.missing && !values.reason.trim() ? { reason: reason.missing } : {}),
		save: async (values) => {
			await run(values.reason.trim());
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
					<Button look={look} type="submit" form="reason" busy={form.busy}>
						{action}
					</Button>
				</>
			}
		>
			<form id="reason" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<div class="grid gap-3 text-ink-2">{children}</div>
				<TextField
					label={reason.label}
					name="reason"
					autocomplete="off"
					optional={!reason.missing}
					hint={reason.hint}
					maxLength={reason.maxLength}
					value={form.values.reason}
					onValue={form.set("reason")}
					error={form.errors.reason}
				/>
			</form>
		</Dialog>
	);
}
