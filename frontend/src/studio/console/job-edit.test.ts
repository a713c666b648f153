import { describe, expect, test } from "vitest";
import { wrongJson } from "./job-edit";

describe("the arguments of a job", () => {
	test("are JSON with named fields", () => {
		expect(wrongJson('{ "chunk": 3 }')).toBeNull();
		expect(wrongJson("[]")).toContain("named fields");
		expect(wrongJson('"x"')).toContain("named fields");
	});

	test("that cannot be read name the line", () => {
		expect(wrongJson('{\n  "a": 1,\n  "b": x\n}')).toContain("line 3");
		expect(wrongJson('{\n  "a": 1')).toContain("line 2");
	});
});
