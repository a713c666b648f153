import { Route, Router, Switch } from "wouter-preact";
import { Account } from "./account";
import { Closed, Code } from "./closed";
import { type First, proposalId } from "./data";
import { Deliverables } from "./deliverables";
import { Files } from "./files";
import { Help } from "./help";
import { Messages } from "./messages";
import { Mine } from "./mine";
import { Overview } from "./overview";
import { Payments } from "./payments";
import { Proposal } from "./proposal";
import { NoSuchPage, Shell } from "./shell";
import { Timeline } from "./timeline";
import { PortalContext, usePage } from "./use-page";

export function App({ first }: { first: First }) {
	if (first.state === "closed") return <Closed />;
	if (first.state === "code") return <Code csrfToken={first.csrfToken} />;
	if (first.state === "mine") return <Mine dashboard={first.dashboard} />;
	return (
		<Router base={`/p/${proposalId}`}>
			<Open first={first.page} />
		</Router>
	);
}

function Open({ first }: { first: (First & { state: "open" })["page"] }) {
	const portal = usePage(first);
	if (portal.closed) return <Closed />;
	return (
		<PortalContext.Provider value={portal}>
			<Shell>
				<Switch>
					<Route path="/" component={Overview} />
					<Route path="/deliverables" component={Deliverables} />
					<Route path="/files" component={Files} />
					<Route path="/timeline" component={Timeline} />
					<Route path="/messages" component={Messages} />
					<Route path="/payments" component={Payments} />
					<Route path="/proposal" component={Proposal} />
					<Route path="/help" component={Help} />
					<Route path="/account" component={Account} />
					<Route component={NoSuchPage} />
				</Switch>
			</Shell>
		</PortalContext.Provider>
	);
}
