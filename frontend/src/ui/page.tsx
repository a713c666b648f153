import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { Icon } from "./icon";

const PRODUCT = "Ledgerline";
let pagesShown = 0;

interface PageProps {
	title: string;
	/** In the window's title when it differs from the heading. */
	documentTitle?: string;
	back?: { href: string; label: string };
	badge?: ComponentChildren;
	lead?: ComponentChildren;
	actions?: ComponentChildren;
	children: ComponentChildren;
}

export function useTitle(title: string) {
	useEffect(() => {
		document.title = `${title} · ${PRODUCT}`;
	}, [title]);
}

/** A page's frame: names the window, and takes the focus after navigation so that readers hear where they are. */
export function Page({ title, documentTitle, back, badge, lead, actions, children }: PageProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useTitle(documentTitle ?? title);
	useLayoutEffect(() => {
		pagesShown += 1;
		if (pagesShown > 1) heading.current?.focus({ preventScroll: true });
	}, []);
	return (
		<>
			<header class="mb-5 grid gap-1">
				{back && (
					<Link
						href={back.href}
						className="touch -ml-1 mb-1 inline-flex min-h-6 items-center gap-1.5 justify-self-start rounded-sm px-1 text-ink-2 hover:text-ink"
					>
						<Icon name="arrowLeft" size={14} />
						{back.label}
					</Link>
				)}
				<div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
					<div class="grid min-w-0 grid-cols-1 gap-1">
						<div class="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1">
							<h1 ref={heading} tabIndex={-1} class="min-w-0 text-xl font-semibold wrap-anywhere">
								{title}
							</h1>
							{badge}
						</div>
						{lead && <div class="text-ink-2">{lead}</div>}
					</div>
					{actions && <div class="flex flex-wrap gap-2">{actions}</div>}
				</div>
			</header>
			{children}
		</>
	);
}

export function Section({
	title,
	lead,
	actions,
	children,
}: {
	title: string;
	lead?: ComponentChildren;
	actions?: ComponentChildren;
	children: ComponentChildren;
}) {
	return (
		<section class="mb-8">
			<div class="mb-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
				<div>
					<h2 class="text-lg font-semibold">{title}</h2>
					{lead && <p class="text-ink-2">{lead}</p>}
				</div>
				{actions}
			</div>
			{children}
		</section>
	);
}

const UNDERLINED = "-mb-px min-h-9 border-b-2 px-3";
const UNDERLINED_LOOK = {
	current: "border-accent-ink font-medium text-ink",
	other: "border-transparent text-ink-2 hover:text-ink",
};
const PILL = "min-h-8 rounded-md px-2";
const PILL_LOOK = {
	current: "bg-accent-soft font-medium text-accent-ink",
	other: "text-ink-2 hover:bg-hover hover:text-ink",
};

/** Links that look like tabs: each is an address of its own. */
export function Tabs({
	label,
	tabs,
	pills = false,
}: {
	label: string;
	/** For a second row below other tabs. */
	pills?: boolean;
	tabs: { href: string; label: string; current: boolean; count?: string; alarming?: boolean }[];
}) {
	const row = useRef<HTMLElement>(null);
	const current = tabs.find((tab) => tab.current)?.href;
	useLayoutEffect(() => {
		// On a phone the row scrolls: where one is must be seen. Only the row moves, never the page.
		const tab = row.current?.querySelector<HTMLElement>('[aria-current="page"]');
		if (row.current && tab) row.current.scrollLeft = tab.offsetLeft - (row.current.clientWidth - tab.offsetWidth) / 2;
	}, [current]);
	return (
		<nav
			ref={row}
			aria-label={label}
			class={`relative -mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0 ${pills ? "mb-3" : "mb-4"}`}
		>
			<ul class={pills ? "flex gap-0.5 max-md:min-w-max md:flex-wrap" : "flex min-w-max gap-1 border-b border-line"}>
				{tabs.map((tab) => (
					<li key={tab.href}>
						<Link
							href={tab.href}
							aria-current={tab.current ? "page" : undefined}
							className={`touch inline-flex items-center gap-2 outline-offset-[-2px] ${pills ? PILL : UNDERLINED} ${(pills ? PILL_LOOK : UNDERLINED_LOOK)[tab.current ? "current" : "other"]}`}
						>
							{tab.label}
							{tab.count !== undefined && (
								<span
									class={`rounded-full px-1.5 text-xs ${tab.alarming ? "bg-bad-soft text-bad" : "bg-idle-soft text-idle"}`}
								>
									{tab.count}
								</span>
							)}
						</Link>
					</li>
				))}
			</ul>
		</nav>
	);
}

/** Pairs of a name and a value. */
export function Facts({ facts, class: className = "" }: { facts: [string, ComponentChildren][]; class?: string }) {
	return (
		<dl class={`grid grid-cols-1 gap-x-8 gap-y-3.5 ${className}`}>
			{facts.map(([name, value]) => (
				<div key={name} class="grid min-w-0 content-start gap-0.5">
					<dt class="text-xs text-ink-3">{name}</dt>
					<dd class="min-w-0 wrap-anywhere">{value}</dd>
				</div>
			))}
		</dl>
	);
}
