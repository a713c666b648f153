import { useSyncExternalStore } from "preact/compat";

export type ThemeChoice = "light" | "dark" | "system";

/** Read by theme-boot.js too, before the first paint. */
const KEY = "ledgerline.theme";
const device = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let choice: ThemeChoice = stored();

function stored(): ThemeChoice {
	try {
		const value = localStorage.getItem(KEY);
		return value === "light" || value === "dark" ? value : "system";
	} catch {
		return "system";
	}
}

function apply() {
	const dark = choice === "dark" || (choice === "system" && device.matches);
	document.documentElement.dataset["theme"] = dark ? "dark" : "light";
	for (const listener of listeners) listener();
}

device.addEventListener("change", apply);

export function chooseTheme(next: ThemeChoice) {
	choice = next;
	try {
		localStorage.setItem(KEY, next);
	} catch {
		// Storage can be switched off; the choice then lasts until the page is closed.
	}
	apply();
}

export function useTheme(): ThemeChoice {
	return useSyncExternalStore(
		(changed) => {
			listeners.add(changed);
			return () => listeners.delete(changed);
		},
		() => choice,
	);
}
