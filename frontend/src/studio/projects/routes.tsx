import { Route, Switch } from "wouter-preact";
import { Page } from "@/ui";
import { NotFound } from "../shell/not-found";
import { ProjectPage } from "./project-page";
import { ProjectsPage } from "./projects-page";

export default function ProjectRoutes() {
	return (
		<Switch>
			<Route path="/projects" component={ProjectsPage} />
			<Route path="/projects/:id">{(params) => <ProjectPage key={params.id} id={params.id} />}</Route>
			<Route>
				<Page title="Not found">
					<NotFound />
				</Page>
			</Route>
		</Switch>
	);
}
