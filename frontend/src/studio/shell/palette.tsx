import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api } from "@/api";
import { Icon, type IconName, words } from "@/ui";
import { type Command, filterCommands } from "@/ui/palette";
import { chooseTheme } from "@/ui/theme";
import { STATE_ORDER } from "../console/words";
import { useSession } from "../session";
import { TABS } from "../settings/routes";
import { signOut, switchWorkspace, THEMES, usePlaces } from "./places";

interface Entry extends Command {
	icon: IconName;
	run: () => void;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const SEARCH_AFTER_MS = 180;

function useDelayed(value: string, ms: number): string {
	const [delayed, setDelayed] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setDelayed(value), ms);
		return () => clearTimeout(timer);
	}, [value, ms]);
	return delayed;
}

function useEntries(query: string, onNewWorkspace: () => void): Entry[] {
	const session = useSession();
	const places = usePlaces();
	const [, navigate] = useLocation();
	const search = useDelayed(query.trim(), SEARCH_AFTER_MS);
	const found = useQuery({
		queryKey: ["clients", "palette", search],
		queryFn: ({ signal }) => api.clients.list({ search, status: "all", limit: 6 }, signal),
		enabled: search.length >= 2 && session.workspace !== null,
	});

	const go = (href: string) => () => navigate(href);
	const entries: Entry[] = places.map((place) => ({
		id: place.href,
		label: place.label,
		group: "Go to",
		icon: place.icon,
		run: go(place.href),
	}));
	if (session.workspace) {
		entries.push(
			...TABS.map(({ href, label, icon, keywords }) => ({
				id: href,
				label,
				hint: "Settings",
				group: "Go to",
				icon,
				keywords: `settings ${keywords ?? ""}`,
				run: go(href),
			})),
			{
				id: "new-client",
				label: "New client",
				group: "Do",
				icon: "plus",
				keywords: "add create",
				run: go("/clients?new=yes"),
			},
			{
				id: "new-project",
				label: "New project",
				group: "Do",
				icon: "plus",
				keywords: "add create",
				run: go("/projects?new=yes"),
			},
			{
				id: "new-proposal",
				label: "New proposal",
				group: "Do",
				icon: "plus",
				keywords: "add create offer",
				run: go("/proposals?new=yes"),
			},
			{
				id: "new-import",
				label: "Import clients from a CSV file",
				group: "Do",
				icon: "imports",
				keywords: "new upload",
				run: go("/imports/new"),
			},
			{
				id: "archived",
				label: "Archived clients",
				group: "Go to",
				icon: "archive",
				run: go("/clients?status=archived"),
			},
		);
	}
	if (session.operator) {
		entries.push(
			{ id: "jobs", label: "Jobs", group: "Console", icon: "console", run: go("/console/jobs") },
			{
				id: "queues",
				label: "Queues",
				group: "Console",
				icon: "queue",
				keywords: "pause resume",
				run: go("/console/queues"),
			},
			...STATE_ORDER.map((state) => ({
				id: `jobs-${state}`,
				label: `${words(state)} jobs`,
				group: "Console",
				icon: "console" as const,
				run: go(`/console/jobs?search=state:${state}`),
			})),
		);
	}
	for (const workspace of session.workspaces) {
		if (workspace.id === session.workspace?.id) continue;
		entries.push({
			id: workspace.id,
			label: `Switch to ${workspace.name}`,
			group: "Workspace",
			icon: "swap",
			run: () => switchWorkspace(workspace.id, navigate),
		});
	}
	entries.push(
		{
			id: "new-workspace",
			label: "New workspace",
			group: "Workspace",
			icon: "plus",
			keywords: "create",
			run: onNewWorkspace,
		},
		...THEMES.map(({ choice, label, icon }) => ({
			id: `theme-${choice}`,
			label: `Theme: ${label.toLowerCase()}`,
			group: "Account",
			icon,
			run: () => chooseTheme(choice),
		})),
		{ id: "log-out", label: "Log out", group: "Account", icon: "logOut", keywords: "sign out", run: signOut },
	);

	const fitting = filterCommands(entries, query);
	const people: Entry[] =
		query.trim().length >= 2
			? (found.data?.clients ?? []).map((client) => ({
					id: client.id,
					label: client.name,
					group: "Clients",
					hint: client.company ?? client.email ?? undefined,
					icon: "clients",
					run: go(`/clients/${client.id}`),
				}))
			: [];
	const job: Entry[] =
		session.operator && UUID.test(query.trim())
			? [
					{
						id: "job-id",
						label: `Job ${query.trim()}`,
						group: "Console",
						icon: "console",
						run: go(`/console/jobs/${query.trim().toLowerCase()}`),
					},
				]
			: [];
	return [...job, ...fitting, ...people];
}

export function Palette({ onClose, onNewWorkspace }: { onClose: () => void; onNewWorkspace: () => void }) {
	const [query, setQuery] = useState("");
	const [chosen, setChosen] = useState(0);
	const dialog = useRef<HTMLDialogElement>(null);
	const list = useRef<HTMLDivElement>(null);
	const leaving = useRef(false);
	const id = useId();
	const entries = useEntries(query, onNewWorkspace);
	const at = Math.min(chosen, entries.length - 1);

	useLayoutEffect(() => {
		const element = dialog.current;
		element?.showModal();
		return () => {
			leaving.current = true;
			element?.close();
		};
	}, []);

	useEffect(() => {
		list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
	}, [at, query]);

	const run = (entry: Entry | undefined) => {
		if (!entry) return;
		onClose();
		entry.run();
	};

	const onKeyDown = (event: KeyboardEvent) => {
		const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (move && entries.length > 0) {
			event.preventDefault();
			setChosen((at + move + entries.length) % entries.length);
		} else if (event.key === "Enter") {
			event.preventDefault();
			run(entries[at]);
		}
	};

	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key's way to close a native dialog
		<dialog
			ref={dialog}
			aria-label="Search or jump to"
			class="arrives mx-auto mt-[12dvh] mb-auto w-[calc(100%-2rem)] max-w-xl overflow-hidden rounded-md border border-line bg-surface p-0 shadow-float"
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
			onClose={() => {
				if (!leaving.current) onClose();
			}}
			onClick={(event) => {
				if (event.target === dialog.current) onClose();
			}}
		>
			<div class="flex items-center gap-3 border-b border-line px-4">
				<Icon name="search" class="text-ink-3" />
				<input
					type="text"
					role="combobox"
					aria-label="Search or jump to"
					aria-expanded="true"
					aria-controls={`${id}-list`}
					aria-activedescendant={entries[at] ? `${id}-${entries[at].id}` : undefined}
					aria-autocomplete="list"
					autocomplete="off"
					spellcheck={false}
					placeholder="Page, client or action"
					class="h-12 grow bg-transparent outline-none"
					value={query}
					onInput={(event) => {
						setQuery(event.currentTarget.value);
						setChosen(0);
					}}
					onKeyDown={onKeyDown}
				/>
				<kbd class="rounded-sm border border-line px-1.5 font-sans text-xs text-ink-3">Esc</kbd>
			</div>
			<div ref={list} id={`${id}-list`} role="listbox" aria-label="Results" class="max-h-[50dvh] overflow-y-auto p-1.5">
				{entries.map((entry, index) => (
					// biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled in the field, which keeps the focus
					<div
						key={entry.group + entry.id}
						id={`${id}-${entry.id}`}
						role="option"
						tabIndex={-1}
						aria-selected={index === at}
						class={`touch flex min-h-9 cursor-pointer items-center gap-3 rounded-sm px-3 ${index === at ? "bg-accent-soft text-ink" : "text-ink-2"}`}
						onMouseMove={() => setChosen(index)}
						onClick={() => run(entry)}
					>
						<Icon name={entry.icon} class={index === at ? "text-accent-ink" : "text-ink-3"} />
						<span class="truncate">{entry.label}</span>
						{entry.hint && <span class="truncate text-ink-3">{entry.hint}</span>}
						<span class="ml-auto shrink-0 pl-3 text-xs text-ink-3">{entry.group}</span>
					</div>
				))}
			</div>
			{entries.length === 0 && <p class="px-4 pb-5 text-center text-ink-2">Nothing fits “{query}”.</p>}
		</dialog>
	);
}
