/** What is said of files, for both sides. */

import type { components } from "@/api/schema";
import type { IconName } from "../ui/icon";
import type { Tone } from "../ui/status";

export type ProjectFile = components["schemas"]["ProjectFile"];
export type FileVersion = components["schemas"]["FileVersion"];
export type FileKind = components["schemas"]["FileKind"];

export const KINDS: Record<FileKind, string> = {
	reference: "Reference",
	work_in_progress: "Work in progress",
	revision: "Revision",
	final: "Final",
};

export interface Said {
	word: string;
	tone: Tone;
	icon?: IconName;
}

/** How far a version is; nothing when it can simply be had. */
export function saidState({ state, scan, isDeleted }: FileVersion): Said | null {
	if (isDeleted) return { word: "Deleted", tone: "idle", icon: "trash" };
	if (state === "scanning") return { word: "Being checked", tone: "active", icon: "clock" };
	if (state === "available") return null;
	if (scan === "infected") return { word: "Held back: a virus was found", tone: "bad" };
	if (scan === "too_large") return { word: "Held back: too large to be checked", tone: "bad" };
	return { word: "Held back: it did not arrive whole", tone: "bad" };
}

export function saidApproval({ approval }: ProjectFile): Said | null {
	if (approval === "approved") return { word: "Approved", tone: "done" };
	if (approval === "changes_requested") return { word: "Changes asked for", tone: "active", icon: "pencil" };
	return null;
}

/** What a page shows of a version, and which bytes it takes for that. */
export interface Shown {
	kind: "audio" | "video" | "image";
	/** The preview, as long as it is not the original. */
	from: "preview" | "original";
}

/**
 * The preview, which is smaller and plays everywhere. While there is none, the original: of kinds that run nothing, where
 * it may be had.
 */
export function shownAs(version: FileVersion, mayOriginal: boolean): Shown | null {
	const { contentType, isShown, state, isDeleted, preview } = version;
	if (state !== "available" || isDeleted) return null;
	if (preview?.state === "ready" && preview.kind) return { kind: preview.kind, from: "preview" };
	if (!isShown || !mayOriginal) return null;
	const kind = contentType?.split("/")[0];
	return kind === "audio" || kind === "video" || kind === "image" ? { kind, from: "original" } : null;
}

/** Whether a list with it is to be read again soon: something is still being made of it. */
export function isBeingMade({ versions: [version] }: ProjectFile): boolean {
	return version?.state === "scanning" || version?.preview?.state === "waiting";
}
