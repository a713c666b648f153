import { expect, it } from "vitest";
import { isOutside, nextPath } from "./next-path";

it("leads only to paths of this site", () => {
	expect(nextPath("next=%2Fclients%3Fsearch%3Da")).toBe("/clients?search=a");
	expect(nextPath("")).toBe("/");
	expect(nextPath("next=https%3A%2F%2Fevil.example")).toBe("/");
	expect(nextPath("next=%2F%2Fevil.example")).toBe("/");
	expect(nextPath("next=%2F%5Cevil.example")).toBe("/");
});

it("knows what is not the studio's", () => {
	expect(["/my", "/p/x", "/mycelium", "/people", "/"].map(isOutside)).toEqual([true, true, false, false, false]);
});
