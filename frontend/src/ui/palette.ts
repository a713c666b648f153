export interface Command {
	id: string;
	label: string;
	/** Group's heading. */
	group: string;
	hint?: string;
	keywords?: string;
}

/**
 * How well a query fits a command: every word must begin a word of it, or be found inside, in any order.
 * Null is no match; higher is better.
 */
export function score(command: Command, query: string): number | null {
	const wanted = fold(query).split(/\s+/).filter(Boolean);
	const label = fold(command.label);
	const all = `${label} ${fold(command.keywords ?? "")} ${fold(command.group)}`;
	const parts = all.split(/[^\p{L}\p{N}]+/u);
	let total = 0;
	for (const word of wanted) {
		if (label.startsWith(word)) total += 4;
		else if (label.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) total += 3;
		else if (parts.some((part) => part.startsWith(word))) total += 2;
		else if (label.includes(word)) total += 1;
		else return null;
	}
	return total;
}

/** Those that fit, best first; equally good ones keep their order. */
export function filterCommands<T extends Command>(commands: readonly T[], query: string): T[] {
	return commands
		.map((command, order) => ({ command, order, fit: score(command, query) }))
		.filter((entry) => entry.fit !== null)
		.sort((a, b) => (b.fit ?? 0) - (a.fit ?? 0) || a.order - b.order)
		.map((entry) => entry.command);
}

/** Lower case without accents, so that "cafe" finds "Café". */
function fold(text: string): string {
	return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
