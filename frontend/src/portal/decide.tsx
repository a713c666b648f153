import { useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Field } from "../ui/field";
import { Money } from "../ui/values";
import { api } from "./data";
import { usePortal } from "./use-page";

/** Approve or decline, always at the thumb while the proposal is read. */
export function Decide() {
	const { page, reload } = usePortal();
	const { more } = page;
	const [asking, setAsking] = useState<"approve" | "decline" | null>(null);
	const [note, setNote] = useState("");
	const close = () => setAsking(null);

	const decide = async (what: "approve" | "decline") => {
		try {
			await api.act(what, { version: more.shownVersion, ...(what === "decline" ? { note } : {}) });
		} catch (error) {
			// it is another version by now, or decided: what is shown must be what is there
			if (asProblem(error).status === 409) await reload();
			throw error;
		}
		await reload();
	};

	return (
		<>
			<div class="sticky bottom-20 z-10 flex gap-3 rounded-md border border-line bg-surface p-3 shadow-float md:bottom-4">
				<Button look="primary" icon="check" class="grow" onClick={() => setAsking("approve")}>
					Approve
				</Button>
				<Button onClick={() => setAsking("decline")}>Decline</Button>
			</div>
			{asking === "approve" && (
				<Confirm title="Approve the proposal" action="Approve" run={() => decide("approve")} onClose={close}>
					<p>
						You agree to what is written here, for <Money minor={more.total} currency={more.currency} /> in all.{" "}
						{more.workspaceName} can then begin.
					</p>
				</Confirm>
			)}
			{asking === "decline" && (
				<Confirm title="Decline the proposal" action="Decline" danger run={() => decide("decline")} onClose={close}>
					<p>{more.workspaceName} is told that you do not want it like this.</p>
					<Field label="Why, in a few words" optional>
						{(control) => (
							<textarea
								{...control}
								class="field min-h-24"
								maxLength={4000}
								value={note}
								onInput={(event) => setNote(event.currentTarget.value)}
							/>
						)}
					</Field>
				</Confirm>
			)}
		</>
	);
}
