import { expect, it } from "vitest";
import { alone } from "./chart";

it("finds the values that no line would show", () => {
	expect(alone([null, 3, null, 4, 5, null, 6])).toEqual([1, 6]);
	expect(alone([])).toEqual([]);
});
