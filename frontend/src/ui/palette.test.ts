import { describe, expect, it } from "vitest";
import { type Command, filterCommands } from "./palette";

const COMMANDS: Command[] = [
	{ id: "clients", label: "Clients", group: "Go to" },
	{ id: "imports", label: "Imports", group: "Go to" },
	{ id: "new-client", label: "New client", group: "Do", keywords: "add create" },
	{ id: "import", label: "Import clients from a CSV file", group: "Do" },
	{ id: "cafe", label: "Switch to Café Noir", group: "Workspace" },
];
const found = (query: string) => filterCommands(COMMANDS, query).map((command) => command.id);

describe("the palette's filter", () => {
	it("shows everything, in order, while nothing is typed", () => {
		expect(found("  ")).toEqual(COMMANDS.map((command) => command.id));
	});

	it("puts a label that begins so before one that holds it", () => {
		expect(found("client")).toEqual(["clients", "new-client", "import"]);
	});

	it("finds words in any order, by keyword and without accents", () => {
		expect(found("csv imp")).toEqual(["import"]);
		expect(found("add")).toEqual(["new-client"]);
		expect(found("cafe")).toEqual(["cafe"]);
	});

	it("finds nothing where a word is missing", () => {
		expect(found("client xyz")).toEqual([]);
	});
});
