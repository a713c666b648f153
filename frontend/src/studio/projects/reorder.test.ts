import { expect, test } from "vitest";
import { moved } from "./reorder";

test("one item goes to another place, the others keep their order", () => {
	expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
	expect(moved(["a", "b", "c", "d"], 3, 0)).toEqual(["d", "a", "b", "c"]);
	expect(moved(["a", "b"], 0, 9)).toEqual(["b", "a"]);
	expect(moved(["a", "b"], 5, 0)).toEqual(["a", "b"]);
});
