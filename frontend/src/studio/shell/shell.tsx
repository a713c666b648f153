import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { Icon, Mark, Menu, useOnline } from "@/ui";
import { chooseTheme, useTheme } from "@/ui/theme";
import { NewWorkspaceDialog } from "../accounts/new-workspace";
import { useSession } from "../session";
import { Palette } from "./palette";
import { isApple, type Place, signOut, switchWorkspace, THEMES, usePlaces } from "./places";

export function Shell({ children }: { children: ComponentChildren }) {
	const [path] = useLocation();
	const [paletteOpen, setPaletteOpen] = useState(false);
	const [creatingWorkspace, setCreatingWorkspace] = useState(false);
	const places = usePlaces();
	const online = useOnline();

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey) {
				event.preventDefault();
				setPaletteOpen((open) => !open);
			}
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);

	useEffect(() => {
		scrollTo({ top: 0 });
		setPaletteOpen(false);
	}, [path]);

	return (
		<div class="min-h-dvh md:grid md:grid-cols-[13.5rem_1fr] md:grid-rows-[auto_1fr]">
			<a
				href="#content"
				class="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent"
			>
				Skip to content
			</a>
			<TopBar onPalette={() => setPaletteOpen(true)} onNewWorkspace={() => setCreatingWorkspace(true)} />
			<Rail places={places} path={path} />
			<main id="content" tabIndex={-1} class="min-w-0 px-4 pt-5 pb-28 md:px-8 md:pt-7 md:pb-16">
				<div class="mx-auto max-w-6xl">
					{!online && (
						<div role="status" class="mb-4 flex items-center gap-2 rounded-md bg-active-soft px-4 py-2.5 text-active">
							<Icon name="wifiOff" />
							You are offline. What you see may be out of date; changes cannot be saved until the connection is back.
						</div>
					)}
					{children}
				</div>
			</main>
			{paletteOpen && (
				<Palette onClose={() => setPaletteOpen(false)} onNewWorkspace={() => setCreatingWorkspace(true)} />
			)}
			{creatingWorkspace && <NewWorkspaceDialog onClose={() => setCreatingWorkspace(false)} />}
		</div>
	);
}

function Rail({ places, path }: { places: Place[]; path: string }) {
	return (
		<nav
			aria-label="Main"
			class="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:sticky md:top-13 md:h-[calc(100dvh-3.25rem)] md:border-t-0 md:border-r md:bg-transparent md:p-3"
		>
			<ul class="flex md:grid md:gap-0.5">
				{places.map((place) => {
					const current = path === place.href || path.startsWith(`${place.href}/`);
					return (
						<li key={place.href} class="flex-1 md:flex-none">
							<Link
								href={place.href}
								aria-current={current ? "page" : undefined}
								className={`flex min-h-14 flex-col items-center justify-center gap-1 text-xs outline-offset-[-2px] transition-colors duration-100 md:min-h-9 md:flex-row md:justify-start md:gap-2.5 md:rounded-md md:px-3 md:text-base ${current ? "font-medium text-accent-ink md:bg-accent-soft" : "text-ink-2 hover:bg-hover hover:text-ink"}`}
							>
								<Icon name={place.icon} size={18} />
								{place.label}
							</Link>
						</li>
					);
				})}
			</ul>
		</nav>
	);
}

function TopBar({ onPalette, onNewWorkspace }: { onPalette: () => void; onNewWorkspace: () => void }) {
	const session = useSession();
	const theme = useTheme();
	const [, navigate] = useLocation();
	return (
		<header class="sticky top-0 z-30 col-span-2 flex h-13 items-center gap-2 border-b border-line bg-surface px-3 md:px-5">
			<Mark size={24} />
			<Menu
				label={`Workspace: ${session.workspace?.name ?? "none"}. Switch`}
				buttonClass="touch flex min-h-8 min-w-0 items-center gap-1.5 rounded-md px-2 font-medium hover:bg-hover"
				button={
					<>
						<span class="max-w-32 truncate md:max-w-56">{session.workspace?.name ?? "No workspace"}</span>
						<Icon name="chevronDown" size={14} class="text-ink-3" />
					</>
				}
				groups={[
					{
						heading: "Workspaces",
						items: session.workspaces.map((workspace) => ({
							label: workspace.name,
							checked: workspace.id === session.workspace?.id,
							run: () => {
								if (workspace.id !== session.workspace?.id) switchWorkspace(workspace.id, navigate);
							},
						})),
					},
					{ items: [{ label: "New workspace", icon: "plus" as const, run: onNewWorkspace }] },
				].filter((group) => group.items.length > 0)}
			/>
			<div class="grow" />
			<button
				type="button"
				class="touch-square flex min-h-8 items-center justify-center gap-2 rounded-md text-ink-2 hover:bg-hover sm:w-64 sm:justify-start sm:border sm:border-line sm:bg-page sm:px-3 sm:text-ink-3"
				aria-keyshortcuts={isApple ? "Meta+K" : "Control+K"}
				onClick={onPalette}
			>
				<Icon name="search" size={16} />
				<span class="sr-only grow text-left sm:not-sr-only">Search or jump to</span>
				<span
					aria-hidden="true"
					class="hidden rounded-sm border border-line bg-surface px-1.5 font-sans text-xs sm:inline"
				>
					{isApple ? "⌘K" : "Ctrl K"}
				</span>
			</button>
			<Menu
				label="Theme"
				buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
				button={<Icon name={THEMES.find((each) => each.choice === theme)?.icon ?? "monitor"} size={18} />}
				groups={[
					{
						heading: "Theme",
						items: THEMES.map(({ choice, label, icon }) => ({
							label,
							icon,
							checked: choice === theme,
							run: () => chooseTheme(choice),
						})),
					},
				]}
			/>
			<Menu
				label={`Account: ${session.user.name}`}
				named
				buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-full"
				button={
					<>
						<span class="sr-only">Account: {session.user.name}</span>
						<span
							aria-hidden="true"
							class="grid size-7 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink"
						>
							{initials(session.user.name)}
						</span>
					</>
				}
				header={
					<>
						<div class="truncate font-medium">{session.user.name}</div>
						<div class="truncate text-xs text-ink-3">{session.user.email}</div>
					</>
				}
				groups={[{ items: [{ label: "Log out", icon: "logOut", run: signOut }] }]}
			/>
		</header>
	);
}

function initials(name: string): string {
	const parts = name.trim().split(/\s+/);
	const letters = [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => [...(part ?? "")][0] ?? "");
	return letters.join("").toUpperCase() || "?";
}
