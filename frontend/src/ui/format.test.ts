import { describe, expect, it } from "vitest";
import {
	exactTime,
	formatBounded,
	formatBytes,
	formatCount,
	formatDuration,
	formatMoney,
	moneyInput,
	parseMoney,
	plural,
	relativeTime,
	words,
} from "./format";

const plain = (text: string) => text.replaceAll(/[\u202f\u00a0]/g, " ");

describe("times", () => {
	const now = new Date("2026-03-10T12:00:00Z");
	const at = (seconds: number) => relativeTime(new Date(now.getTime() + seconds * 1000), now);

	it("speaks like a person", () => {
		expect(at(-2)).toBe("just now");
		expect(at(5)).toBe("in a moment");
		expect(at(-45)).toBe("45 seconds ago");
		expect(at(-60)).toBe("1 minute ago");
		expect(at(3 * 3600)).toBe("in 3 hours");
		expect(at(-86_400)).toBe("yesterday");
		expect(at(-15 * 86_400)).toBe("2 weeks ago");
		expect(at(-800 * 86_400)).toBe("2 years ago");
	});

	it("rounds before it chooses the unit", () => {
		expect(at(-59.7)).toBe("1 minute ago");
		expect(at(-59.4)).toBe("59 seconds ago");
		expect(at(3_599)).toBe("in 1 hour");
		expect(at(-23.7 * 3600)).toBe("yesterday");
		expect(at(-6.6 * 86_400)).toBe("last week");
		expect(at(-360 * 86_400)).toBe("last year");
	});

	it("names the zone of an exact time", () => {
		expect(plain(exactTime(now, "Asia/Tokyo"))).toContain("9:00:00 PM");
	});
});

describe("numbers", () => {
	it("sets thousands apart and bounds counts", () => {
		expect(plain(formatCount(1_234_567))).toBe("1 234 567");
		expect(plain(formatBounded({ count: 10_000, capped: true }))).toBe("10 000+");
		expect(plain(formatBounded({ count: 300, capped: true }))).toBe("300+");
		expect(plain(formatBounded({ count: 10_000, capped: false }))).toBe("10 000");
		expect(plural(1, "row")).toBe("1 row");
		expect(plural(0, "row")).toBe("0 rows");
	});

	it("shows sizes and durations in two steps at most", () => {
		expect(formatBytes(0)).toBe("0 B");
		expect(formatBytes(1_540)).toBe("1.5 KB");
		expect(formatBytes(500_000_000)).toBe("500 MB");
		expect(formatBytes(999_400)).toBe("999 KB");
		expect(formatBytes(999_600)).toBe("1.0 MB");
		expect(formatBytes(9_960)).toBe("10 KB");
		expect(plain(formatDuration(0.9996))).toBe("1 s");
		expect(plain(formatDuration(9.97))).toBe("10 s");
		expect(plain(formatDuration(59.97))).toBe("1 min");
		expect(plain(formatDuration(0.12))).toBe("120 ms");
		expect(plain(formatDuration(3.2))).toBe("3.2 s");
		expect(plain(formatDuration(60))).toBe("1 min");
		expect(plain(formatDuration(3_725))).toBe("1 h 2 min");
		expect(plain(formatDuration(3_605))).toBe("1 h");
		expect(plain(formatDuration(90_000))).toBe("1 d 1 h");
	});
});

describe("money", () => {
	it("always has its currency, and as many decimals as the currency has", () => {
		expect(plain(formatMoney(150_000, "USD"))).toBe("1 500 USD");
		expect(plain(formatMoney(150_050, "EUR"))).toBe("1 500.50 EUR");
		expect(plain(formatMoney(150_000, "JPY"))).toBe("150 000 JPY");
	});

	it("is read without a float", () => {
		expect(parseMoney("1 200.5", "USD")).toBe(120_050);
		expect(parseMoney("0,29", "EUR")).toBe(29);
		expect(parseMoney("1200", "JPY")).toBe(1_200);
		expect(parseMoney("12.5", "JPY")).toBeNull();
		expect(parseMoney("1.234", "USD")).toBeNull();
		expect(parseMoney("-5", "USD")).toBeNull();
		expect(parseMoney("", "USD")).toBeNull();
		expect(parseMoney("99999999999999999", "USD")).toBeNull();
	});

	it("comes back as it was typed", () => {
		for (const [minor, currency] of [
			[120_050, "USD"],
			[5, "USD"],
			[120_000, "EUR"],
			[1_200, "JPY"],
		] as const) {
			expect(parseMoney(moneyInput(minor, currency), currency)).toBe(minor);
		}
	});
});

it("turns names into words", () => {
	expect(words("read_only")).toBe("Read only");
	expect(words("lostLease")).toBe("Lost lease");
});
