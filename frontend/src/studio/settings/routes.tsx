import { Redirect, Route, Switch, useLocation } from "wouter-preact";
import { Page, Tabs } from "@/ui";
import { useSession } from "../session";
import { NotFound } from "../shell/not-found";
import { Invitations } from "./invitations";
import { Members } from "./members";
import { WorkspaceSettings } from "./workspace";

const TABS = [
	{ href: "/settings/workspace", label: "Workspace" },
	{ href: "/settings/members", label: "Members" },
	{ href: "/settings/invitations", label: "Invitations" },
];

export default function SettingsRoutes() {
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
			<Tabs label="Settings" tabs={TABS.map((each) => ({ ...each, current: each === tab }))} />
			<Switch>
				<Route path="/settings/workspace" component={WorkspaceSettings} />
				<Route path="/settings/members" component={Members} />
				<Route path="/settings/invitations" component={Invitations} />
			</Switch>
		</Page>
	);
}
