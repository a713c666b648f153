import { Route, Switch } from "wouter-preact";
import { Page } from "@/ui";
import { NotFound } from "../shell/not-found";
import { ImportPage } from "./import-page";
import { ImportsPage } from "./imports-page";
import { NewImportPage } from "./new-import-page";

export default function ImportRoutes() {
	return (
		<Switch>
			<Route path="/imports" component={ImportsPage} />
			<Route path="/imports/new" component={NewImportPage} />
			<Route path="/imports/:id">{(params) => <ImportPage key={params.id} id={params.id} />}</Route>
			<Route>
				<Page title="Not found">
					<NotFound />
				</Page>
			</Route>
		</Switch>
	);
}
