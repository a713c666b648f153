import { expect, test } from "vitest";
import { type FileVersion, isBeingMade, type ProjectFile, saidApproval, saidState, shownAs } from "./words";

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
	const shown = (more: Partial<FileVersion>, mayOriginal = true) => shownAs({ ...VERSION, ...more }, mayOriginal);
	expect(shown({})).toEqual({ kind: "audio", from: "original" });
	expect(shown({ contentType: "image/png" })?.kind).toBe("image");
	expect(shown({ isShown: false })).toBeNull();
	expect(shown({ state: "quarantined" })).toBeNull();
	expect(shown({ contentType: "text/plain" })).toBeNull();
});

test("a preview is shown also where the original is locked", () => {
	const ready = { ...VERSION, preview: { state: "ready", kind: "video" } } as FileVersion;
	expect(shownAs(ready, false)).toEqual({ kind: "video", from: "preview" });
	expect(shownAs({ ...ready, isDeleted: true }, false)).toBeNull();
	const waiting = { ...VERSION, preview: { state: "waiting", kind: null } } as FileVersion;
	expect(shownAs(waiting, false)).toBeNull();
	expect(shownAs(waiting, true)?.from).toBe("original");
	expect(isBeingMade({ versions: [waiting] } as ProjectFile)).toBe(true);
	expect(isBeingMade({ versions: [ready] } as ProjectFile)).toBe(false);
});

test("an approval is a word", () => {
	expect(saidApproval({ approval: null } as ProjectFile)).toBeNull();
	expect(saidApproval({ approval: "approved" } as ProjectFile)?.tone).toBe("done");
});
