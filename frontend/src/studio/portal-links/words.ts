import type { PortalLink, PortalLinkState } from "@/api";
import { type IconName, plural, type Tone } from "@/ui";

export function saidLink(state: PortalLinkState): { word: string; tone: Tone; icon?: IconName } {
	switch (state) {
		case "open":
			return { word: "Works", tone: "done" };
		case "expired":
			return { word: "Expired", tone: "active", icon: "clock" };
		case "revoked":
			return { word: "Revoked", tone: "idle", icon: "ban" };
	}
}

/** Whether anything can still be done with it. */
export function isLiving({ state }: Pick<PortalLink, "state">): boolean {
	return state !== "revoked";
}

export function opened(times: number): string {
	return times === 1 ? "Opened once," : `Opened ${plural(times, "time")},`;
}

/** `YYYY-MM-DD` of a moment, as a date field holds it. */
export function inputDay(at: Date): string {
	return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

/** The last moment of a day where the reader is. */
export function endOfDay(day: string): Date {
	return new Date(`${day}T23:59:59`);
}
