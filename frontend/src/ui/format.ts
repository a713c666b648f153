import type { BoundedCount } from "@/api";

const LOCALE = "en";

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
	["second", 60],
	["minute", 60],
	["hour", 24],
	["day", 7],
	["week", 4.35],
	["month", 12],
	["year", Number.POSITIVE_INFINITY],
];

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

/** "3 minutes ago", "in 2 hours"; under ten seconds "just now" or "in a moment". */
export function relativeTime(at: Date, now: Date): string {
	let amount = (at.getTime() - now.getTime()) / 1000;
	if (Math.abs(amount) < 10) return amount > 3 ? "in a moment" : "just now";
	for (const [unit, size] of STEPS) {
		// The rounded amount decides, or 59.7 seconds would be 60 seconds ago.
		if (Math.abs(Math.round(amount)) < size) return relative.format(Math.round(amount), unit);
		amount /= size;
	}
	return "";
}

/** The exact time in the reader's own time zone. */
export function exactTime(at: Date, timeZone?: string): string {
	return new Intl.DateTimeFormat(LOCALE, {
		dateStyle: "medium",
		timeStyle: "long",
		...(timeZone ? { timeZone } : {}),
	}).format(at);
}

/** A day of the calendar ("2027-01-20"), which is the same day in every time zone. */
export function formatDay(day: string): string {
	return new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

const whole = new Intl.NumberFormat(LOCALE);

/** Thousands are set apart by a thin space that does not break, in any language readable: 10 000. */
export function formatCount(count: number): string {
	return whole.format(count).replaceAll(",", "\u202f");
}

export function formatBounded({ count, capped }: BoundedCount): string {
	return capped ? `${formatCount(count)}+` : formatCount(count);
}

export function plural(count: number, one: string, many = `${one}s`): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function tenths(value: number): number {
	return Math.round(value * 10) / 10;
}

export function formatBytes(bytes: number): string {
	const units = ["B", "KB", "MB", "GB"];
	let value = bytes;
	let unit = 0;
	while (Math.round(value) >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit += 1;
	}
	return `${unit > 0 && tenths(value) < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Two units at most: "45 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". A number and its unit stay on one line. */
export function formatDuration(seconds: number): string {
	const milliseconds = Math.round(seconds * 1000);
	if (milliseconds < 1000) return `${Math.max(0, milliseconds)}\u00a0ms`;
	if (tenths(seconds) < 10 && tenths(seconds) % 1 !== 0) return `${seconds.toFixed(1)}\u00a0s`;
	const total = Math.round(seconds);
	const parts: [number, string][] = [
		[Math.floor(total / 86_400), "d"],
		[Math.floor((total % 86_400) / 3_600), "h"],
		[Math.floor((total % 3_600) / 60), "min"],
		[total % 60, "s"],
	];
	const first = parts.findIndex(([amount]) => amount > 0);
	return parts
		.slice(first, first + 2)
		.filter(([amount]) => amount > 0)
		.map(([amount, unit]) => `${amount}\u00a0${unit}`)
		.join(" ");
}

export function secondsBetween(from: string, to: string | null, now: Date = new Date()): number {
	return Math.max(0, ((to ? new Date(to) : now).getTime() - new Date(from).getTime()) / 1000);
}

/** What is offered where a currency is chosen. */
export const CURRENCIES = [
	"USD",
	"EUR",
	"GBP",
	"AUD",
	"CAD",
	"CHF",
	"DKK",
	"JPY",
	"KRW",
	"MXN",
	"NOK",
	"NZD",
	"PLN",
	"SEK",
];

export function minorDigits(currency: string): number {
	try {
		return new Intl.NumberFormat(LOCALE, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
	} catch {
		return 2;
	}
}

/** Whole minor units in, text out; the currency's code stands beside it, since "$" is many currencies. */
export function formatMoney(minor: number, currency: string): string {
	const digits = minorDigits(currency);
	const amount = new Intl.NumberFormat(LOCALE, {
		minimumFractionDigits: minor % 10 ** digits === 0 ? 0 : digits,
		maximumFractionDigits: digits,
	}).format(minor / 10 ** digits);
	return `${amount.replaceAll(",", "\u202f")} ${currency}`;
}

/** Reads what a person typed ("1 200.50") as minor units, without ever going through a float. */
export function parseMoney(text: string, currency: string): number | null {
	const digits = minorDigits(currency);
	const match = /^(\d+)(?:[.,](\d+))?$/.exec(text.replaceAll(/[\s\u202f\u00a0]/g, ""));
	if (!match) return null;
	const fraction = match[2] ?? "";
	if (fraction.length > digits) return null;
	const minor = Number((match[1] ?? "0") + fraction.padEnd(digits, "0"));
	return Number.isSafeInteger(minor) ? minor : null;
}

export function moneyInput(minor: number, currency: string): string {
	const digits = minorDigits(currency);
	if (digits === 0) return String(minor);
	const text = String(minor).padStart(digits + 1, "0");
	const fraction = text.slice(-digits);
	return /^0+$/.test(fraction) ? text.slice(0, -digits) : `${text.slice(0, -digits)}.${fraction}`;
}

/** "import_clients" and "inProgress" as words. */
export function words(name: string): string {
	const spaced = name
		.replaceAll(/[_-]+/g, " ")
		.replaceAll(/([a-z])([A-Z])/g, "$1 $2")
		.toLowerCase();
	return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
