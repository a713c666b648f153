import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { asProblem } from "@/api";
import { Button, Dialog, FormError, Icon, TextField } from "@/ui";
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

interface PauseDialogProps {
	title: string;
	action: string;
	/** Says what it will touch. */
	children: ComponentChildren;
	run: (reason: string) => Promise<unknown>;
	onClose: () => void;
}

/** Asks why something is paused, for whoever finds it so. */
export function PauseDialog({ title, action, children, run, onClose }: PauseDialogProps) {
	const [reason, setReason] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const pause = async (event: Event) => {
		event.preventDefault();
		setBusy(true);
		setError(null);
		try {
			await run(reason);
			onClose();
		} catch (failure) {
			setError(asProblem(failure).message);
			setBusy(false);
		}
	};
	return (
		<Dialog
			title={title}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button look="danger" type="submit" form="pause" busy={busy}>
						{action}
					</Button>
				</>
			}
		>
			<form id="pause" class="grid gap-4" onSubmit={pause}>
				{error && <FormError>{error}</FormError>}
				<div class="grid gap-3 text-ink-2">{children}</div>
				<TextField
					label="Why"
					optional
					hint="Everybody who finds it paused reads this."
					maxLength={300}
					value={reason}
					onValue={setReason}
				/>
			</form>
		</Dialog>
	);
}
