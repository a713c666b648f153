import { useState } from "preact/hooks";
import { type AuditChain, api, asProblem } from "@/api";
import { Button, Dialog, FormError, TextField } from "@/ui";

interface AcknowledgeDialogProps {
	/** The latest finding; those before it go with it. */
	checkId: string;
	onDone: (chain: AuditChain) => void;
	onClose: () => void;
}

/** Takes the alarm away, for a reason that the log keeps. */
export function AcknowledgeDialog({ checkId, onDone, onClose }: AcknowledgeDialogProps) {
	const [reason, setReason] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const acknowledge = async (event: Event) => {
		event.preventDefault();
		setBusy(true);
		setError(null);
		try {
			onDone(await api.audit.acknowledge(checkId, reason));
			onClose();
		} catch (failure) {
			setError(asProblem(failure).message);
			setBusy(false);
		}
	};
	return (
		<Dialog
			title="Acknowledge what was found"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button look="danger" type="submit" form="acknowledge" busy={busy}>
						Acknowledge
					</Button>
				</>
			}
		>
			<form id="acknowledge" class="grid gap-4" onSubmit={acknowledge}>
				{error && <FormError>{error}</FormError>}
				<p class="text-ink-2">
					The alarm ends. Where seals were gone, checks go on from what is there now; an entry that is still wrong is
					found again by the next check.
				</p>
				<TextField
					label="What became of it"
					hint="The audit log keeps it."
					required
					maxLength={500}
					value={reason}
					onValue={setReason}
				/>
			</form>
		</Dialog>
	);
}
