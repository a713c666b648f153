import { api, asProblem } from "@/api";
import { type IconName, toast } from "@/ui";
import type { ThemeChoice } from "@/ui/theme";
import { adopt, forget, useSession } from "../session";

export interface Place {
	href: string;
	label: string;
	icon: IconName;
}

/** What this person can reach, in the order of the rail. */
export function usePlaces(): Place[] {
	const session = useSession();
	const places: Place[] = session.workspace
		? [
				{ href: "/clients", label: "Clients", icon: "clients" },
				{ href: "/companies", label: "Companies", icon: "companies" },
				{ href: "/projects", label: "Projects", icon: "projects" },
				{ href: "/proposals", label: "Proposals", icon: "proposal" },
				{ href: "/imports", label: "Imports", icon: "imports" },
				{ href: "/settings", label: "Settings", icon: "settings" },
			]
		: [];
	if (session.operator) places.push({ href: "/console", label: "Console", icon: "console" });
	return places;
}

export const THEMES: { choice: ThemeChoice; label: string; icon: IconName }[] = [
	{ choice: "light", label: "Light", icon: "sun" },
	{ choice: "dark", label: "Dark", icon: "moon" },
	{ choice: "system", label: "Same as this device", icon: "monitor" },
];

export async function signOut() {
	try {
		await api.session.signOut();
		forget();
	} catch (error) {
		toast(`You are still logged in. ${asProblem(error).message}`, { tone: "bad" });
	}
}

export async function switchWorkspace(id: string, navigate: (to: string) => void) {
	try {
		adopt(await api.session.switchTo(id));
		navigate("/");
	} catch (error) {
		toast(`The workspace was not switched. ${asProblem(error).message}`, { tone: "bad" });
	}
}

export const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
