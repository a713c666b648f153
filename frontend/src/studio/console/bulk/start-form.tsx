import { useState } from "preact/hooks";
import { api, asProblem, type BulkAction } from "@/api";
import { Button, Checkbox, FormError, SelectField, TextField, Time, toast } from "@/ui";
import { useSettle } from "./bulk-page";
import { bulkTitle, canarySize, readCanary, verbWord } from "./words";

/** How to begin. Nothing was done so far. */
export function StartForm({ bulk }: { bulk: BulkAction }) {
	const settle = useSettle();
	const alone = bulk.able === 1;
	const [how, setHow] = useState(alone ? "all" : "canary");
	const [size, setSize] = useState(String(canarySize(bulk.able)));
	const [byItself, setByItself] = useState(false);
	const [reason, setReason] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const canary = how === "canary" ? readCanary(size, bulk.able) : null;
	const wrong = typeof canary === "string" ? canary : undefined;

	if (bulk.able === 0) {
		return <FormError>None of these jobs can be acted on. What is in the way stands below.</FormError>;
	}
	const start = async (event: Event) => {
		event.preventDefault();
		if (wrong) return;
		setBusy(true);
		setError(null);
		try {
			const started = await api.bulk.start(bulk.id, {
				...(typeof canary === "number" ? { canary, continueWhenGreen: byItself } : {}),
				...(reason.trim() ? { reason } : {}),
			});
			settle(started);
			toast(typeof canary === "number" ? "The canary goes." : "It goes.");
		} catch (failure) {
			setError(asProblem(failure).message);
			setBusy(false);
		}
	};
	return (
		<form class="card grid grid-cols-1 gap-5 p-5" onSubmit={start} aria-label="Start">
			<p class="text-ink-2">
				Nothing was done so far. The preview can be started until it expires, <Time at={bulk.expiresAt} />.
			</p>
			{error && <FormError>{error}</FormError>}
			<div class="grid grid-cols-1 gap-5 sm:grid-cols-2">
				{!alone && (
					<SelectField
						label="How"
						value={how}
						onValue={setHow}
						options={[
							{ value: "canary", label: "A few first (canary), then the rest" },
							{ value: "all", label: "All at once" },
						]}
					/>
				)}
				{how === "canary" && (
					<TextField
						label="Jobs of the canary"
						inputMode="numeric"
						value={size}
						onValue={setSize}
						error={wrong}
						hint="They are acted on first, to see whether it goes well."
					/>
				)}
				<TextField
					class="sm:col-span-2"
					label="Reason"
					optional
					maxLength={500}
					value={reason}
					onValue={setReason}
					hint="For the audit log."
				/>
			</div>
			{how === "canary" && (
				<Checkbox
					label="Let the rest go by itself when all of the canary succeed"
					checked={byItself}
					onChecked={setByItself}
				/>
			)}
			<div>
				<Button
					type="submit"
					look={bulk.verb === "retry" ? "primary" : "danger"}
					busy={busy}
					disabled={wrong !== undefined}
				>
					{typeof canary === "number" ? `${verbWord(bulk.verb)} the canary` : bulkTitle(bulk.verb, bulk.able)}
				</Button>
			</div>
		</form>
	);
}
