import { Route, Switch } from "wouter-preact";
import { Page } from "@/ui";
import { NotFound } from "../shell/not-found";
import { MergePage } from "./merge-page";
import { MergesPage } from "./merges-page";

export default function MergeRoutes() {
	return (
		<Switch>
			<Route path="/merges" component={MergesPage} />
			<Route path="/merges/:id">{(params) => <MergePage key={params.id} id={params.id} />}</Route>
			<Route>
				<Page title="Not found">
					<NotFound />
				</Page>
			</Route>
		</Switch>
	);
}
