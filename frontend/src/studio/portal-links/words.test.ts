import { expect, test } from "vitest";
import { endOfDay, inputDay, isLiving, opened, saidLink } from "./words";

test("a link is said by word and tone", () => {
	expect(saidLink("open")).toEqual({ word: "Works", tone: "done" });
	expect(saidLink("expired").word).toBe("Expired");
	expect(saidLink("revoked").tone).toBe("idle");
	expect([isLiving({ state: "expired" }), isLiving({ state: "revoked" })]).toEqual([true, false]);
	expect([opened(1), opened(3)]).toEqual(["Opened once,", "Opened 3 times,"]);
});

test("a chosen day lasts to its end", () => {
	expect(inputDay(endOfDay("2031-03-09"))).toBe("2031-03-09");
	expect(endOfDay("2031-03-09").getHours()).toBe(23);
});
