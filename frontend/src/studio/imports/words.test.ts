import { describe, expect, it } from "vitest";
import { firstMapping, mappingProblem, mappingToSend } from "./words";

const column = (index: number, guess: string | null) => ({ index, name: `c${index}`, guess, samples: [] });

describe("a mapping", () => {
	it("starts with the guesses, each field once", () => {
		expect(firstMapping([column(0, "name"), column(1, null), column(2, "name"), column(3, "unknown")])).toEqual({
			"0": "name",
			"1": "",
			"2": "",
			"3": "",
		});
	});

	it("needs a name and no field twice", () => {
		expect(mappingProblem({ "0": "email" })).toContain("name");
		expect(mappingProblem({ "0": "name", "1": "name" })).toContain("two columns");
		expect(mappingProblem({ "0": "name", "1": "", "2": "" })).toBeNull();
	});

	it("sends only what is taken over", () => {
		expect(mappingToSend({ "0": "name", "1": "" })).toEqual({ "0": "name" });
	});
});
