import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import { Button, IconButton } from "./button";
import { FormError } from "./field";

interface DialogProps {
	title: string;
	onClose: () => void;
	children: ComponentChildren;
	footer?: ComponentChildren;
	wide?: boolean;
}

/** A native modal dialog: focus stays inside, Escape closes, focus returns to where it was. */
export function Dialog({ title, onClose, children, footer, wide = false }: DialogProps) {
	const ref = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	const pressedOutside = useRef(false);
	const leaving = useRef(false);

	useLayoutEffect(() => {
		const dialog = ref.current;
		const opener = document.activeElement;
		dialog?.showModal();
		// A phone would cover half the dialog with its keyboard, so there the heading gets the focus.
		const target = matchMedia("(pointer: coarse)").matches ? "h2" : "input:not([type=hidden]), select, textarea";
		(dialog?.querySelector<HTMLElement>(target) ?? dialog?.querySelector<HTMLElement>("footer button"))?.focus();
		return () => {
			leaving.current = true;
			dialog?.close();
			if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
		};
	}, []);

	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key's way to close a native dialog
		<dialog
			ref={ref}
			aria-labelledby={titleId}
			class={`arrives m-0 mt-auto max-h-[94dvh] w-full max-w-full rounded-t-md border border-line bg-surface p-0 shadow-float sm:m-auto sm:rounded-md ${wide ? "sm:max-w-2xl" : "sm:max-w-md"}`}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
			onClose={() => {
				// A browser may close a dialog by force (a second Escape); closing it ourselves is no news.
				if (!leaving.current) onClose();
			}}
			onMouseDown={(event) => {
				pressedOutside.current = event.target === ref.current;
			}}
			onClick={(event) => {
				if (event.target === ref.current && pressedOutside.current) onClose();
			}}
		>
			<div class="flex max-h-[94dvh] flex-col">
				<header class="flex items-center justify-between gap-4 border-b border-line py-3 pr-3 pl-5">
					<h2 id={titleId} tabIndex={-1} class="text-lg font-semibold">
						{title}
					</h2>
					<IconButton label="Close" icon="x" onClick={onClose} />
				</header>
				<div class="min-h-0 overflow-y-auto overscroll-contain px-5 py-5 wrap-anywhere">{children}</div>
				{footer && (
					<footer class="flex flex-wrap justify-end gap-2 border-t border-line bg-sunken px-5 py-3 max-sm:*:flex-1">
						{footer}
					</footer>
				)}
			</div>
		</dialog>
	);
}

interface ConfirmProps {
	title: string;
	/** Says what the action will touch. */
	children: ComponentChildren;
	action: string;
	danger?: boolean;
	run: () => Promise<unknown>;
	onClose: () => void;
}

export function Confirm({ title, children, action, danger = false, run, onClose }: ConfirmProps) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const alive = useRef(true);
	useEffect(() => {
		alive.current = true;
		return () => {
			alive.current = false;
		};
	}, []);

	const confirm = async () => {
		setBusy(true);
		setError(null);
		try {
			await run();
			onClose();
		} catch (failure) {
			if (alive.current) setError(asProblem(failure).message);
		} finally {
			if (alive.current) setBusy(false);
		}
	};

	return (
		<Dialog
			title={title}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button look={danger ? "danger" : "primary"} busy={busy} onClick={confirm}>
						{action}
					</Button>
				</>
			}
		>
			<div class="grid gap-3 text-ink-2">
				{error && <FormError>{error}</FormError>}
				{children}
			</div>
		</Dialog>
	);
}
