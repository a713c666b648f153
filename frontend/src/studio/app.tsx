import { lazy, Suspense } from "preact/compat";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { Redirect, Route, Switch, useLocation, useSearch } from "wouter-preact";
import { Button, EmptyState, Load, Page, Skeleton, Toasts } from "@/ui";
import { AcceptInvitation } from "./accounts/accept-invitation";
import { ForgotPassword } from "./accounts/forgot-password";
import { Login } from "./accounts/login";
import { NoWorkspace } from "./accounts/new-workspace";
import { ResetPassword } from "./accounts/reset-password";
import { SignUp } from "./accounts/sign-up";
import { ClientPage } from "./clients/client-page";
import { ClientsPage } from "./clients/clients-page";
import { isOutside, nextPath } from "./next-path";
import { useSession, useSessionQuery } from "./session";
import { SettingsRoutes } from "./settings/routes";
import { NotFound } from "./shell/not-found";
import { Shell } from "./shell/shell";

const Companies = lazy(() => import("./companies/routes"));
const Imports = lazy(() => import("./imports/routes"));
const Projects = lazy(() => import("./projects/routes"));
const Merges = lazy(() => import("./merges/routes"));
const Proposals = lazy(() => import("./proposals/routes"));
const Console = lazy(() => import("./console/routes"));

export function App() {
	return (
		<>
			<Switch>
				<Route path="/reset-password" component={ResetPassword} />
				<Route path="/invitations" component={AcceptInvitation} />
				<Route path="/login">
					<SignedOutOnly>
						<Login />
					</SignedOutOnly>
				</Route>
				<Route path="/sign-up">
					<SignedOutOnly>
						<SignUp />
					</SignedOutOnly>
				</Route>
				<Route path="/forgot-password" component={ForgotPassword} />
				<Route>
					<SignedIn />
				</Route>
			</Switch>
			<Toasts />
		</>
	);
}

function SignedOutOnly({ children }: { children: preact.ComponentChildren }) {
	const search = useSearch();
	const { data } = useSessionQuery();
	const next = nextPath(search);
	const leaves = Boolean(data) && isOutside(next);
	useEffect(() => {
		if (leaves) location.replace(next);
	}, [leaves, next]);
	if (leaves) return null;
	if (data) return <Redirect to={next} replace />;
	return <>{children}</>;
}

function SignedIn() {
	const session = useSessionQuery();
	const [path] = useLocation();
	const search = useSearch();
	if (session.data === null) {
		const here = path + (search ? `?${search}` : "");
		return <Redirect to={here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`} replace />;
	}
	return (
		<Load
			query={session}
			skeleton={
				<main class="mx-auto max-w-xl p-6">
					<h1 class="sr-only">Ledgerline</h1>
					<Skeleton label="Loading Ledgerline" />
				</main>
			}
		>
			{() => (
				<Shell>
					<Bounded path={path}>
						<Suspense fallback={<Skeleton />}>
							<Pages />
						</Suspense>
					</Bounded>
				</Shell>
			)}
		</Load>
	);
}

/** A page that fails, or whose script is gone since a release, leaves the shell standing. */
function Bounded({ path, children }: { path: string; children: preact.ComponentChildren }) {
	const [error, reset] = useErrorBoundary();
	useEffect(reset, [path]);
	if (!error) return <>{children}</>;
	return (
		<Page title="This page failed">
			<EmptyState
				icon="alert"
				title="This page could not be shown"
				actions={
					<Button look="primary" icon="refresh" onClick={() => location.reload()}>
						Reload
					</Button>
				}
			>
				Ledgerline may have been updated while this window was open. Reload to go on.
			</EmptyState>
		</Page>
	);
}

function Pages() {
	const session = useSession();
	const console = session.operator !== null && (
		<Route path="/console/*?">
			<Console />
		</Route>
	);
	if (!session.workspace) {
		return (
			<Switch>
				{console}
				<Route>
					<NoWorkspace />
				</Route>
			</Switch>
		);
	}
	return (
		<Switch key={session.workspace.id}>
			<Route path="/">
				<Redirect to="/clients" replace />
			</Route>
			<Route path="/clients" component={ClientsPage} />
			<Route path="/clients/:id">{(params) => <ClientPage key={params.id} id={params.id} />}</Route>
			<Route path="/companies/*?">
				<Companies />
			</Route>
			<Route path="/projects/*?">
				<Projects />
			</Route>
			<Route path="/imports/*?">
				<Imports />
			</Route>
			<Route path="/merges/*?">
				<Merges />
			</Route>
			<Route path="/proposals/*?">
				<Proposals />
			</Route>
			<Route path="/settings/*?" component={SettingsRoutes} />
			{console}
			<Route>
				<Page title="Not found">
					<NotFound />
				</Page>
			</Route>
		</Switch>
	);
}
