import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { isTyping } from "./keys";

/**
 * j and k move through the rows of a list by key, so one that grows while it is watched does not move the choice; Enter
 * opens it. Answers the chosen key.
 */
export function useChosenRow(keys: string[], href: (key: string) => string): string | null {
	const [chosen, setChosen] = useState<string | null>(null);
	const [, navigate] = useLocation();
	const latest = useRef({ keys, href, chosen });
	latest.current = { keys, href, chosen };

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (isTyping(event)) return;
			const { keys, href, chosen } = latest.current;
			const at = chosen === null ? -1 : keys.indexOf(chosen);
			if (event.key === "Enter" && chosen !== null && at >= 0 && !(event.target as HTMLElement).closest("a, button")) {
				navigate(href(chosen));
				return;
			}
			const step = { j: 1, k: -1 }[event.key];
			if (!step || keys.length === 0) return;
			event.preventDefault();
			const next = keys[Math.max(0, Math.min(keys.length - 1, at < 0 ? 0 : at + step))];
			if (next === undefined) return;
			setChosen(next);
			const row = document.querySelector(`[data-row="${CSS.escape(next)}"]`);
			row?.scrollIntoView({ block: "nearest" });
			row?.querySelector("a")?.focus({ preventScroll: true });
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, [navigate]);

	return chosen;
}
