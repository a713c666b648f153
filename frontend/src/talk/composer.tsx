import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import { Button } from "../ui/button";
import { Field } from "../ui/field";

/** What was typed and not sent, until the window is closed. */
const drafts = new Map<string, string>();

/**
 * Where one writes. What is sent has an id that is made here: sent once more after a failure it is the same message, and
 * changed before that it is another one.
 */
export function Composer({
	draft,
	label,
	action,
	max,
	onSend,
	children,
}: {
	/** What is written here, so that it is still there when one comes back. */
	draft: string;
	label: string;
	action: string;
	max: number;
	onSend: (text: string, id: string) => Promise<void>;
	/** Beside the button. */
	children?: ComponentChildren;
}) {
	const [text, setText] = useState(drafts.get(draft) ?? "");
	const [error, setError] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const id = useRef(crypto.randomUUID());
	const area = useRef<HTMLTextAreaElement>(null);

	const type = (next: string) => {
		if (error) id.current = crypto.randomUUID();
		setError(null);
		setText(next);
		if (next) drafts.set(draft, next);
		else drafts.delete(draft);
	};

	const send = async () => {
		if (busy) return;
		if (!text.trim()) {
			setError("Write something first.");
			area.current?.focus();
			return;
		}
		setBusy(true);
		setError(null);
		try {
			await onSend(text, id.current);
			id.current = crypto.randomUUID();
			setText("");
			drafts.delete(draft);
		} catch (failure) {
			setError(asProblem(failure).message);
		} finally {
			setBusy(false);
			area.current?.focus();
		}
	};

	return (
		<form
			class="grid gap-2"
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				void send();
			}}
		>
			<Field label={label} error={error}>
				{(control) => (
					<textarea
						{...control}
						ref={area}
						rows={3}
						class="field"
						maxLength={max}
						value={text}
						onInput={(event) => type(event.currentTarget.value)}
						onKeyDown={(event) => {
							if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
								event.preventDefault();
								void send();
							}
						}}
					/>
				)}
			</Field>
			<div class="flex flex-wrap items-center justify-between gap-2">
				<div class="text-ink-3">{children}</div>
				<Button type="submit" look="primary" icon="send" busy={busy}>
					{action}
				</Button>
			</div>
		</form>
	);
}
