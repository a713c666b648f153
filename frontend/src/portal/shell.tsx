import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { Button } from "../ui/button";
import { Icon, type IconName } from "../ui/icon";
import { StatusBadge } from "../ui/status";
import { usePortal } from "./use-page";
import { saidOverall } from "./words";

interface Place {
	to: string;
	label: string;
	icon: IconName;
}

const PLACES: Place[] = [
	{ to: "/", label: "Overview", icon: "monitor" },
	{ to: "/files", label: "Files", icon: "file" },
	{ to: "/deliverables", label: "Deliverables", icon: "archive" },
	{ to: "/timeline", label: "Timeline", icon: "clock" },
	{ to: "/messages", label: "Messages", icon: "mail" },
	{ to: "/payments", label: "Payments", icon: "queue" },
	{ to: "/proposal", label: "Proposal", icon: "pencil" },
	{ to: "/help", label: "Help", icon: "help" },
];

/** Unread messages are counted as far as this. */
const MOST_COUNTED = 100;

/** What comes with the project. */
const OF_PROJECTS = ["/files", "/messages"];

/** A project that began without a proposal has none to show. */
function usePlaces(): Place[] {
	const { more } = usePortal().page;
	return PLACES.filter(
		({ to }) => (to !== "/proposal" || !more.isImplicit) && (more.project !== null || !OF_PROJECTS.includes(to)),
	);
}

export function Shell({ children }: { children: ComponentChildren }) {
	const { page, problem, busy, reload } = usePortal();
	const { more, portalData, preview } = page;
	const said = saidOverall(portalData.status.overall);
	return (
		<div class="dawn min-h-dvh bg-page pb-24 md:pb-12">
			<a
				href="#main"
				class="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-4 focus:py-2"
			>
				Skip to the content
			</a>
			{preview && (
				<p class="bg-accent px-4 py-2 text-center text-on-accent" role="status">
					Preview: you see what your client sees.
				</p>
			)}
			<header class="mx-auto grid max-w-4xl gap-3 px-4 pt-6 pb-4 sm:px-6 md:pt-10">
				<p class="flex items-center gap-3 font-medium text-ink-2">
					<Logo name={more.workspaceName} url={more.brand.logoUrl} />
					{more.workspaceName}
				</p>
				<div class="flex flex-wrap items-center gap-x-4 gap-y-2">
					<p class="min-w-0 text-2xl font-semibold wrap-anywhere">{more.title}</p>
					<StatusBadge tone={said.tone} icon={said.icon}>
						{said.word}
					</StatusBadge>
				</div>
			</header>
			<div class="mx-auto max-w-4xl px-4 sm:px-6">
				<Places />
				{problem && (
					<div
						role="status"
						class="mb-4 flex flex-wrap items-center gap-3 rounded-md bg-active-soft px-4 py-2 text-active"
					>
						<Icon name="alert" />
						<span class="grow">This may be out of date: {problem.message}</span>
						<Button size="sm" busy={busy} onClick={reload}>
							Try again
						</Button>
					</div>
				)}
				<main id="main" tabIndex={-1}>
					{children}
				</main>
				{!more.brand.isWhiteLabel && <footer class="mt-8 text-center text-xs text-ink-3">Runs on Ledgerline</footer>}
			</div>
		</div>
	);
}

/** The workspace's picture, or its first letter. */
function Logo({ name, url }: { name: string; url: string | null }) {
	if (url) return <img src={url} alt="" class="max-h-12 max-w-44 object-contain" />;
	return (
		<span
			class="grid size-9 place-items-center rounded-md bg-accent text-lg font-semibold text-on-accent"
			aria-hidden="true"
		>
			{[...name][0]?.toUpperCase()}
		</span>
	);
}

/** At the thumb on a phone, above the content on a desk. */
function Places() {
	const [here] = useLocation();
	const places = usePlaces();
	const { unreadMessages } = usePortal().page.more;
	const row = useRef<HTMLElement>(null);
	useLayoutEffect(() => {
		const place = row.current?.querySelector<HTMLElement>('[aria-current="page"]');
		if (row.current && place)
			row.current.scrollLeft = place.offsetLeft - (row.current.clientWidth - place.offsetWidth) / 2;
	}, [here]);
	return (
		<nav
			ref={row}
			aria-label="Pages"
			class="z-20 overflow-x-auto border-line bg-surface max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:border-t max-md:pb-[env(safe-area-inset-bottom)] max-md:shadow-float md:relative md:mb-6 md:rounded-md md:border md:shadow-card"
		>
			<ul class="flex min-w-max max-md:px-1 md:gap-1 md:p-1.5">
				{places.map(({ to, label, icon }) => {
					const current = here === to;
					return (
						<li key={to} class="grow">
							<Link
								href={to}
								aria-current={current ? "page" : undefined}
								className={`flex min-h-14 min-w-18 items-center justify-center rounded-sm px-3 outline-offset-[-2px] max-md:flex-col max-md:gap-1 max-md:text-xs md:min-h-11 md:min-w-0 md:gap-1.5 md:px-2.5 ${
									current ? "bg-accent-soft font-medium text-accent-ink" : "text-ink-2 hover:bg-hover hover:text-ink"
								}`}
							>
								<Icon name={icon} size={18} />
								<span class="flex items-center gap-1">
									{label}
									{to === "/messages" && unreadMessages > 0 && (
										<span class="rounded-full bg-accent px-1.5 text-xs font-medium text-on-accent">
											{unreadMessages >= MOST_COUNTED ? `${MOST_COUNTED}+` : unreadMessages}
											<span class="sr-only"> unread</span>
										</span>
									)}
								</span>
							</Link>
						</li>
					);
				})}
			</ul>
		</nav>
	);
}

let pagesShown = 0;

/** A page's heading: names the window, and takes the focus after navigation so that readers hear where they are. */
export function Heading({ children, lead }: { children: string; lead?: ComponentChildren }) {
	const heading = useRef<HTMLHeadingElement>(null);
	const { more } = usePortal().page;
	useEffect(() => {
		document.title = `${children} · ${more.title}`;
	}, [children, more.title]);
	useLayoutEffect(() => {
		pagesShown += 1;
		if (pagesShown > 1) {
			heading.current?.focus({ preventScroll: true });
			window.scrollTo(0, 0);
		}
	}, []);
	return (
		<div class="mb-4 grid gap-1">
			<h1 ref={heading} tabIndex={-1} class="text-xl font-semibold">
				{children}
			</h1>
			{lead && <p class="text-ink-2">{lead}</p>}
		</div>
	);
}

export function Card({ children, class: className = "" }: { children: ComponentChildren; class?: string }) {
	return <section class={`card arrives mb-4 p-5 ${className}`}>{children}</section>;
}

/** Nothing yet, and what will be here. */
export function Nothing({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }) {
	return (
		<Card class="grid justify-items-center gap-2 py-12 text-center">
			<span class="grid size-11 place-items-center rounded-full bg-idle-soft text-idle">
				<Icon name={icon} size={20} />
			</span>
			<h2 class="text-lg font-semibold">{title}</h2>
			<p class="max-w-sm text-ink-2">{children}</p>
		</Card>
	);
}

export function NoSuchPage() {
	return (
		<>
			<Heading>There is no such page</Heading>
			<Card>
				<p>
					<Link href="/" className="font-medium text-accent-ink underline underline-offset-4">
						Go to the overview
					</Link>
				</p>
			</Card>
		</>
	);
}
