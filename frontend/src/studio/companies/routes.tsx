import { Route, Switch } from "wouter-preact";
import { Page } from "@/ui";
import { NotFound } from "../shell/not-found";
import { CompaniesPage } from "./companies-page";
import { CompanyPage } from "./company-page";

export default function CompanyRoutes() {
	return (
		<Switch>
			<Route path="/companies" component={CompaniesPage} />
			<Route path="/companies/:id">{(params) => <CompanyPage key={params.id} id={params.id} />}</Route>
			<Route>
				<Page title="Not found">
					<NotFound />
				</Page>
			</Route>
		</Switch>
	);
}
