import { describe, expect, it } from "vitest";
import type { ImportField, ImportState, PreviewedRow } from "@/api";
import {
	badgeWords,
	columnName,
	columnsToShow,
	firstMapping,
	formatWords,
	mappingProblem,
	mappingToSend,
	needsCurrency,
	previewLead,
	rejectedNote,
	rememberedMapping,
	target,
	targetLabel,
} from "./words";

const column = (index: number, guess: ImportField | null) => ({ index, guess });

describe("a mapping", () => {
	it("starts with the guesses", () => {
		expect(firstMapping([column(0, "name"), column(1, null), column(2, "lastName")])).toEqual({
			"0": "name",
			"1": "",
			"2": "lastName",
		});
	});

	it("needs a name or an address, and no field twice", () => {
		expect(mappingProblem({ "0": "company" }, "")).toContain("name");
		expect(mappingProblem({ "0": "email", "1": "company" }, "")).toBeNull();
		expect(mappingProblem({ "0": "firstName", "1": "lastName" }, "")).toBeNull();
		expect(mappingProblem({ "0": "name", "1": "name" }, "")).toContain("two columns");
		expect(mappingProblem({ "0": "name", "1": "", "2": "" }, "")).toBeNull();
	});

	it("may take several columns for other addresses and notes, and needs a currency for budgets", () => {
		expect(
			mappingProblem({ "0": "email", "1": "notes", "2": "notes", "3": "otherPhone", "4": "otherPhone" }, ""),
		).toBeNull();
		expect(mappingProblem({ "0": "name", "1": "budgetMin" }, "")).toContain("currency");
		expect(mappingProblem({ "0": "name", "1": "budgetMin" }, "NOK")).toBeNull();
		expect(needsCurrency({ "0": "budgetMax", "1": "budgetCurrency" })).toBe(false);
	});

	it("begins as the last one with the same headings was", () => {
		const columns = [column(0, "name"), column(1, "email")];
		expect(rememberedMapping(columns, { "1": "name" })).toEqual({ "0": "", "1": "name" });
	});

	it("says how a file is written", () => {
		expect(formatWords({ encoding: "windows-1252", delimiter: ";", quote: '"', hasHeader: true, headingRow: 1 })).toBe(
			"Cells separated by semicolon · Windows-1252 (Western) · names in the first row",
		);
		expect(formatWords({ encoding: "utf-8", delimiter: "\t", quote: "'", hasHeader: false, headingRow: null })).toBe(
			"Cells separated by tab, in apostrophes · UTF-8 · no row of names",
		);
	});

	it("takes only what a column can become", () => {
		expect(target("notes")).toBe("notes");
		expect(target("toString")).toBe("");
		expect(targetLabel("budgetMin")).toBe("Budget from");
		expect(targetLabel("budgetMinor")).toBe("Budget minor");
	});

	it("names a field as the file does, and shows the columns at fault first", () => {
		const data = {
			columns: ["Company", "Name", "Mail", "Phone", "Notes", "Rating"].map((name, index) => ({
				index,
				name,
				guess: null,
				samples: [],
			})),
			mapping: { 0: "company", 1: "name", 2: "email", 3: "phone", 5: "satisfaction" } as const,
		};
		expect(columnName(data, "satisfaction")).toBe("Rating");
		expect(columnName(data, "notes")).toBe("Notes");
		const shown = columnsToShow(data, [{ reasons: [{ field: "satisfaction" }, { field: null }] }]);
		expect(shown.map((each) => each.name)).toEqual(["Company", "Name", "Mail", "Rating"]);
	});

	it("sends only what is taken over", () => {
		expect(mappingToSend({ "0": "name", "1": "" })).toEqual({ "0": "name" });
	});
});

describe("the first rows", () => {
	const client = {} as NonNullable<PreviewedRow["client"]>;
	const added = { client, duplicateOf: null, repeatsRow: null };
	const here = { client, duplicateOf: { id: "1", name: "Ada" }, repeatsRow: null };
	const repeated = { client, duplicateOf: null, repeatsRow: 2 };
	const rejected = { client: null, duplicateOf: null, repeatsRow: null };

	it("are counted by what becomes of them", () => {
		expect(previewLead([added])).toBe("Of the first 1 row, each becomes a client.");
		expect(previewLead([added, rejected, added])).toBe("Of the first 3 rows, 1 cannot become a client.");
		expect(previewLead([rejected, rejected])).toMatch(/^Of the first 2 rows, none can become a client\./);
		expect(previewLead([added, here, here, rejected], "skip")).toBe(
			"Of the first 4 rows, 1 becomes a new client; 2 are here already and will be skipped; 1 cannot become a client.",
		);
	});

	it("that repeat a row above do what the rule says", () => {
		expect(previewLead([added, repeated, repeated])).toBe(
			"Of the first 3 rows, 1 becomes a new client; 2 repeat rows above and will be skipped.",
		);
	});

	it("that are here already do what the rule says", () => {
		expect(previewLead([here, here])).toBe(
			"Of the first 2 rows, each is a client who is here already and will be skipped.",
		);
		expect(previewLead([added, added, here], "fillEmpty")).toBe(
			"Of the first 3 rows, 2 become new clients; 1 is here already and will fill what is empty.",
		);
		expect(previewLead([here, rejected], "overwrite")).toContain("1 is here already and will replace what is there;");
		expect(previewLead([added, here], "createAndSuggest")).toContain("a second time, with a merge suggested.");
	});
});

describe("an import that has ended", () => {
	const ended = (created: number, rejected: number, state: ImportState = "completed") => ({
		state,
		created,
		updated: 0,
		skipped: 0,
		rejected,
	});

	it("is not plainly well when nothing of it was imported", () => {
		expect(badgeWords(ended(0, 3))).toEqual({ label: "Completed", tone: "active", icon: "alert" });
		expect(rejectedNote(ended(0, 3))).toBe("No row was imported.");
		expect(badgeWords(ended(0, 0)).tone).toBe("done");
		expect(rejectedNote(ended(0, 0))).toBeNull();
	});

	it("says how many rows were rejected", () => {
		expect(badgeWords(ended(5, 2)).tone).toBe("done");
		expect(rejectedNote(ended(5, 2))).toBe("2 rows were rejected.");
		expect(rejectedNote(ended(5, 1))).toBe("1 row was rejected.");
		expect(rejectedNote(ended(5, 1, "running"))).toBeNull();
	});
});
