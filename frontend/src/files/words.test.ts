import { expect, test } from "vitest";
import { type FileVersion, type ProjectFile, saidApproval, saidState, shownAs } from "./words";

const VERSION = {
	state: "available",
	scan: "clean",
	isDeleted: false,
	isShown: true,
	contentType: "audio/x-wav",
} as FileVersion;

test("what can be had needs no word, all else has one", () => {
	expect(saidState(VERSION)).toBeNull();
	expect(saidState({ ...VERSION, state: "scanning", scan: null })?.word).toBe("Being checked");
	expect(saidState({ ...VERSION, state: "quarantined", scan: "infected" })).toMatchObject({ tone: "bad" });
	expect(saidState({ ...VERSION, state: "quarantined", scan: "damaged" })?.word).toContain("did not arrive");
	expect(saidState({ ...VERSION, isDeleted: true })?.word).toBe("Deleted");
});

test("a page plays and shows only what runs nothing, and is there", () => {
	expect(shownAs(VERSION)).toBe("audio");
	expect(shownAs({ ...VERSION, contentType: "image/png" })).toBe("image");
	expect(shownAs({ ...VERSION, isShown: false })).toBeNull();
	expect(shownAs({ ...VERSION, state: "quarantined" })).toBeNull();
	expect(shownAs({ ...VERSION, contentType: "text/plain" })).toBeNull();
});

test("an approval is a word", () => {
	expect(saidApproval({ approval: null } as ProjectFile)).toBeNull();
	expect(saidApproval({ approval: "approved" } as ProjectFile)?.tone).toBe("done");
});
