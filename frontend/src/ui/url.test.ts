import { describe, expect, it } from "vitest";
import { changed, oneOf, readUrlState, writeUrlState } from "./url";

const DEFAULTS = { search: "", status: "active", sort: "name", cursor: "" };

describe("a page's state in its address", () => {
	it("reads what is there and fills in the rest", () => {
		expect(readUrlState("search=ada%20l&sort=-email&other=1", DEFAULTS)).toEqual({
			search: "ada l",
			status: "active",
			sort: "-email",
			cursor: "",
		});
	});

	it("writes only what differs", () => {
		expect(writeUrlState(DEFAULTS, DEFAULTS)).toBe("");
		expect(writeUrlState({ ...DEFAULTS, search: "a&b", status: "all" }, DEFAULTS)).toBe("?search=a%26b&status=all");
	});

	it("comes back the same", () => {
		const state = { search: "Zoë & co", status: "archived", sort: "-createdAt", cursor: "eyJ+/=" };
		expect(readUrlState(writeUrlState(state, DEFAULTS), DEFAULTS)).toEqual(state);
	});

	it("drops the cursor with every change but its own", () => {
		const state = { ...DEFAULTS, cursor: "c2" };
		expect(changed(state, { sort: "email" }).cursor).toBe("");
		expect(changed(state, { cursor: "c3" }).cursor).toBe("c3");
	});
});

describe("a value out of a fixed set", () => {
	it("is taken, or else the usual one", () => {
		expect(oneOf("-name", ["name", "-name"], "name")).toBe("-name");
		expect(oneOf("drop table", ["name", "-name"], "name")).toBe("name");
	});
});
