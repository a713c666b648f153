import type { components } from "@/api/schema";

export type Palette = components["schemas"]["Palette"];
type Shades = components["schemas"]["Shades"];

/** The names of shades in theme.css. */
const NAMES: Record<keyof Shades, string> = {
	accent: "--accent",
	accentStrong: "--accent-strong",
	accentInk: "--accent-ink",
	accentSoft: "--accent-soft",
	onAccent: "--on-accent",
};

/** Shades as custom properties of one element. */
export function properties(shades: Shades): Record<string, string> {
	return Object.fromEntries(Object.entries(NAMES).map(([shade, name]) => [name, shades[shade as keyof Shades]]));
}

/** Colours the whole page, in both themes, before anything is drawn. */
export function colour(palette: Palette) {
	const rules = (shades: Shades) =>
		Object.entries(properties(shades))
			.map(([name, value]) => `${name}:${value}`)
			.join(";");
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(`:root{${rules(palette.light)}}:root[data-theme="dark"]{${rules(palette.dark)}}`);
	document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
