import { useEffect, useState } from "preact/hooks";
import { IconButton } from "./button";
import { Icon } from "./icon";

interface Toast {
	id: number;
	message: string;
	tone: "done" | "bad";
	action?: { label: string; run: () => void };
}

type Listener = (toasts: Toast[]) => void;

const SHOWN_MS = 6_000;
const SHOWN_WITH_ACTION_MS = 12_000;

let toasts: Toast[] = [];
let counter = 0;
const listeners = new Set<Listener>();

function publish(next: Toast[]) {
	toasts = next;
	for (const listener of listeners) listener(toasts);
}

export function toast(message: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}) {
	counter += 1;
	publish([...toasts.slice(-2), { id: counter, message, tone: options.tone ?? "done", action: options.action }]);
}

function dismiss(id: number) {
	publish(toasts.filter((entry) => entry.id !== id));
}

export function Toasts() {
	const [shown, setShown] = useState(toasts);
	useEffect(() => {
		listeners.add(setShown);
		return () => {
			listeners.delete(setShown);
		};
	}, []);
	return (
		<section
			aria-label="Notices"
			aria-live="polite"
			class="pointer-events-none fixed inset-x-0 bottom-20 z-50 grid justify-items-center gap-2 px-4 md:bottom-6"
		>
			{shown.map((entry) => (
				<ToastCard key={entry.id} entry={entry} />
			))}
		</section>
	);
}

function ToastCard({ entry }: { entry: Toast }) {
	const [held, setHeld] = useState(false);
	useEffect(() => {
		if (held) return;
		const timer = setTimeout(() => dismiss(entry.id), entry.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
		return () => clearTimeout(timer);
	}, [held, entry]);
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: pausing the timer is no action of its own
		<div
			class="arrives pointer-events-auto flex w-full max-w-md items-center gap-3 rounded-md border border-line bg-surface py-1.5 pr-1.5 pl-4 shadow-float"
			onMouseEnter={() => setHeld(true)}
			onMouseLeave={() => setHeld(false)}
			onFocusIn={() => setHeld(true)}
			onFocusOut={() => setHeld(false)}
		>
			<Icon
				name={entry.tone === "bad" ? "alert" : "checkCircle"}
				size={18}
				class={entry.tone === "bad" ? "text-bad" : "text-done"}
			/>
			<span class="grow py-1.5">{entry.message}</span>
			{entry.action && (
				<button
					type="button"
					class="touch min-h-8 rounded-sm px-3 font-medium text-accent-ink hover:bg-hover"
					onClick={() => {
						entry.action?.run();
						dismiss(entry.id);
					}}
				>
					{entry.action.label}
				</button>
			)}
			<IconButton label="Dismiss" icon="x" onClick={() => dismiss(entry.id)} />
		</div>
	);
}
