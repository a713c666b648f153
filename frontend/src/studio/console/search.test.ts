import { describe, expect, test } from "vitest";
import { completed, jobsHref, quoted, suggestions, terms, termValue, withTerm } from "./search";

describe("a search for jobs", () => {
	test("is cut as the API cuts it", () => {
		const cut = terms('kind:a  error:"no \\"such\\" file" "http://x" refused').map(({ key, value }) => [key, value]);
		expect(cut).toEqual([
			["kind", "a"],
			["error", 'no "such" file'],
			[null, "http://x"],
			[null, "refused"],
		]);
		expect(terms("  ")).toEqual([]);
		expect(terms('error:"open')[0]).toMatchObject({ key: "error", value: "open" });
	});

	test("takes a term in the place of another, and gives it up", () => {
		expect(withTerm('state:dead error:"a b" kind:x', "state", "queued")).toBe('state:queued error:"a b" kind:x');
		expect(withTerm("state:dead state:running x", "state", null)).toBe("x");
		expect(withTerm("", "workspace", "North Light")).toBe('workspace:"North Light"');
		expect(termValue("state:dead state:queued", "state")).toBe("dead,queued");
		expect(termValue("kind:x", "state")).toBe("");
	});

	test("puts values in quotes where they must be", () => {
		expect(quoted("imports.chunk")).toBe("imports.chunk");
		expect(quoted('a "b" \\')).toBe('"a \\"b\\" \\\\"');
		expect(quoted("")).toBe('""');
		expect(jobsHref({ state: "dead", kind: "mail.send" })).toBe("/console/jobs?search=state%3Adead%20kind%3Amail.send");
		expect(jobsHref({ state: ["dead", "quarantined"] })).toBe("/console/jobs?search=state%3Adead%2Cquarantined");
	});

	test("suggests keys, then values", () => {
		const values = { kind: [{ value: "imports.chunk", hint: "Imports one chunk" }] };
		const labels = (search: string) => suggestions(search, search.length, values).map(({ label }) => label);
		expect(labels("ki")).toEqual(["kind:"]);
		expect(labels("")).toContain("args.name:");
		expect(labels("kind:x ")).not.toContain("kind:");
		expect(labels("kind:chu")).toEqual(["imports.chunk"]);
		expect(labels("kind:imports.chunk")).toEqual([]);
		expect(labels("since:")).toEqual([]);
	});

	test("a suggestion takes the place of what was typed, wherever the caret is", () => {
		const kind = { insert: "kind:imports.chunk ", label: "", hint: "" };
		expect(completed("kind:im", 7, kind)).toEqual(["kind:imports.chunk ", 19]);
		expect(completed("kind:im state:dead", 7, kind)).toEqual(["kind:imports.chunk state:dead", 19]);
		expect(completed("state:dead ", 11, kind)).toEqual(["state:dead kind:imports.chunk ", 30]);
	});
});
