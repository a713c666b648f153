import { useEffect, useState } from "preact/hooks";
import { Route, Switch, useLocation } from "wouter-preact";
import { Dialog, IconButton, Page, StatusBadge, Tabs } from "@/ui";
import { useSession } from "../session";
import { NotFound } from "../shell/not-found";
import { isApple } from "../shell/places";
import { AuditList } from "./audit/audit-list";
import { LiveBadge } from "./badge";
import { Batches, BatchPage } from "./batches";
import { BulkList } from "./bulk/bulk-list";
import { BulkPage } from "./bulk/bulk-page";
import { JobPage } from "./job-page";
import { JobsList } from "./jobs-list";
import { isTyping } from "./keys";
import { StreamProvider, useConsoleStream } from "./live";
import { NodePage } from "./node-page";
import { Nodes } from "./nodes";
import { OverviewTab } from "./overview";
import { Queues } from "./queues";
import { SchedulePage } from "./schedule-page";
import { Schedules } from "./schedules";

const TABS = [
	{ href: "/console", label: "Overview" },
	{ href: "/console/jobs", label: "Jobs" },
	{ href: "/console/bulk", label: "Bulk actions" },
	{ href: "/console/queues", label: "Queues" },
	{ href: "/console/schedules", label: "Schedules" },
	{ href: "/console/nodes", label: "Nodes" },
	{ href: "/console/batches", label: "Batches" },
	{ href: "/console/audit", label: "Audit" },
];

export default function ConsoleRoutes() {
	const stream = useConsoleStream();
	return (
		<StreamProvider value={stream}>
			<Switch>
				<Route path="/console/jobs/:id">{(params) => <JobPage key={params.id} id={params.id} />}</Route>
				<Route path="/console/schedules/:name">
					{(params) => <SchedulePage key={params.name} name={decodeURIComponent(params.name)} />}
				</Route>
				<Route path="/console/nodes/:id">{(params) => <NodePage key={params.id} id={params.id} />}</Route>
				<Route path="/console/batches/:id">{(params) => <BatchPage key={params.id} id={params.id} />}</Route>
				<Route path="/console/bulk/:id">{(params) => <BulkPage key={params.id} id={params.id} />}</Route>
				<Route>
					<Tabbed />
				</Route>
			</Switch>
		</StreamProvider>
	);
}

function Tabbed() {
	const [path] = useLocation();
	const { operator } = useSession();
	const [help, setHelp] = useState(false);

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key === "?" && !isTyping(event)) setHelp(true);
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);

	const tab = TABS.find((each) => each.href === path);
	if (!tab) {
		return (
			<Page title="Not found">
				<NotFound />
			</Page>
		);
	}
	return (
		<Page
			title="Console"
			documentTitle={`${tab.label}, console`}
			badge={
				<>
					<LiveBadge />
					{operator === "read_only" && (
						<StatusBadge tone="idle" icon="ban">
							Read-only
						</StatusBadge>
					)}
				</>
			}
			actions={
				<IconButton
					label="Keyboard shortcuts"
					icon="keyboard"
					class="pointer-coarse:hidden"
					onClick={() => setHelp(true)}
				/>
			}
		>
			<Tabs label="Console" tabs={TABS.map((each) => ({ ...each, current: each === tab }))} />
			<Switch>
				<Route path="/console" component={OverviewTab} />
				<Route path="/console/jobs" component={JobsList} />
				<Route path="/console/bulk" component={BulkList} />
				<Route path="/console/queues" component={Queues} />
				<Route path="/console/schedules" component={Schedules} />
				<Route path="/console/nodes" component={Nodes} />
				<Route path="/console/batches" component={Batches} />
				<Route path="/console/audit" component={AuditList} />
			</Switch>
			{help && <Shortcuts onClose={() => setHelp(false)} />}
		</Page>
	);
}

const SHORTCUTS: [string[], string][] = [
	[["j"], "Next row"],
	[["k"], "Previous row"],
	[["Enter"], "Open the chosen row"],
	[["x"], "Choose the job for a bulk action"],
	[["Shift", "x"], "Choose all jobs up to this one"],
	[["/"], "Search jobs"],
	[[isApple ? "⌘" : "Ctrl", "K"], "Search or jump to"],
	[["?"], "Show this list"],
];

function Shortcuts({ onClose }: { onClose: () => void }) {
	return (
		<Dialog title="Keyboard shortcuts" onClose={onClose}>
			<dl class="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-3">
				{SHORTCUTS.map(([keys, what]) => (
					<div key={what} class="col-span-2 grid grid-cols-subgrid">
						<dt class="col-start-2 row-start-1 flex gap-1">
							{keys.map((key) => (
								<kbd key={key} class="rounded-sm border border-line bg-sunken px-2 py-0.5 font-sans text-xs">
									{key}
								</kbd>
							))}
						</dt>
						<dd class="col-start-1 row-start-1">{what}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}
