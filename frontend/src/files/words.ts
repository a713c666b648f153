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

/** What a page does with a file beside saving it. */
export function shownAs({ contentType, isShown, state, isDeleted }: FileVersion): "audio" | "video" | "image" | null {
	if (!isShown || state !== "available" || isDeleted) return null;
	const kind = contentType?.split("/")[0];
	return kind === "audio" || kind === "video" || kind === "image" ? kind : null;
}
