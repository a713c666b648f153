import type { ComponentType } from "preact";
import { Redirect, useLocation } from "wouter-preact";
import { type IconName, Page, Tabs } from "@/ui";
import { useSession } from "../session";
import { NotFound } from "../shell/not-found";
import { BrandingSettings } from "./branding";
import { Invitations } from "./invitations";
import { Members } from "./members";
import { WorkspaceSettings } from "./workspace";

interface SettingsTab {
	href: string;
	label: string;
	component: ComponentType;
	/** In the palette; the keywords are other words that one may look for. */
	icon: IconName;
	keywords?: string;
}

/** The one list of these pages: routes, tabs and the palette come from it. */
export const TABS: SettingsTab[] = [
	{
		href: "/settings/workspace",
		label: "Workspace",
		component: WorkspaceSettings,
		icon: "settings",
		keywords: "rename name",
	},
	{
		href: "/settings/branding",
		label: "Branding",
		component: BrandingSettings,
		icon: "settings",
		keywords: "logo colour color white label portal mail",
	},
	{
		href: "/settings/members",
		label: "Members",
		component: Members,
		icon: "settings",
		keywords: "team people roles leave",
	},
	{ href: "/settings/invitations", label: "Invitations", component: Invitations, icon: "mail", keywords: "invite" },
];

export function SettingsRoutes() {
	const [path] = useLocation();
	const { workspace } = useSession();
	if (path === "/settings") return <Redirect to="/settings/workspace" replace />;
	const tab = TABS.find((each) => each.href === path);
	if (!tab) {
		return (
			<Page title="Not found">
				<NotFound />
			</Page>
		);
	}
	return (
		<Page title="Settings" documentTitle={`${tab.label}, settings`} lead={workspace?.name}>
			<Tabs label="Settings" tabs={TABS.map(({ href, label }) => ({ href, label, current: href === tab.href }))} />
			<tab.component />
		</Page>
	);
}
