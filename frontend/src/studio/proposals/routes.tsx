import { Route, Switch } from "wouter-preact";
import { Page } from "@/ui";
import { NotFound } from "../shell/not-found";
import { EditorPage } from "./editor-page";
import { ProposalPage } from "./proposal-page";
import { ProposalsPage } from "./proposals-page";

export default function ProposalRoutes() {
	return (
		<Switch>
			<Route path="/proposals" component={ProposalsPage} />
			<Route path="/proposals/:id">{(params) => <ProposalPage key={params.id} id={params.id} />}</Route>
			<Route path="/proposals/:id/edit">{(params) => <EditorPage key={params.id} id={params.id} />}</Route>
			<Route>
				<Page title="Not found">
					<NotFound />
				</Page>
			</Route>
		</Switch>
	);
}
