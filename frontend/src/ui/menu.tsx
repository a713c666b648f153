import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon";

export interface MenuItem {
	label: string;
	icon?: IconName;
	/** Shown as the chosen one of several. */
	checked?: boolean;
	danger?: boolean;
	run: () => void;
}

interface MenuProps {
	/** Name for screen readers, and what the button shows. */
	label: string;
	button: ComponentChildren;
	buttonClass?: string;
	groups: { heading?: string; items: MenuItem[] }[];
	header?: ComponentChildren;
	side?: "below" | "above";
	/** The button's content is its name already. */
	named?: boolean;
}

const GAP = 6;

/** A menu on a native popover: Escape and a click outside close it, arrows move in it. */
export function Menu({ label, button, buttonClass = "", groups, header, side = "below", named = false }: MenuProps) {
	const id = useId();
	const buttonRef = useRef<HTMLButtonElement>(null);
	const listRef = useRef<HTMLDivElement>(null);

	useLayoutEffect(() => {
		const list = listRef.current;
		const anchor = buttonRef.current;
		if (!list || !anchor) return;
		const onToggle = (event: Event) => {
			const open = (event as ToggleEvent).newState === "open";
			anchor.setAttribute("aria-expanded", String(open));
			if (!open) return;
			place(anchor, list, side);
			items(list)[0]?.focus();
		};
		list.addEventListener("toggle", onToggle);
		return () => list.removeEventListener("toggle", onToggle);
	}, [side]);

	const onKeyDown = (event: KeyboardEvent) => {
		const all = listRef.current ? items(listRef.current) : [];
		const at = all.indexOf(document.activeElement as HTMLElement);
		const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
		if (next === undefined) {
			if (event.key === "Tab") listRef.current?.hidePopover();
			return;
		}
		event.preventDefault();
		all[(next + all.length) % all.length]?.focus();
	};

	return (
		<>
			<button
				ref={buttonRef}
				type="button"
				aria-label={named ? undefined : label}
				aria-haspopup="menu"
				aria-expanded="false"
				popovertarget={id}
				class={buttonClass}
			>
				{button}
			</button>
			<div
				ref={listRef}
				id={id}
				popover="auto"
				class="arrives m-0 min-w-52 max-w-[calc(100vw-1rem)] rounded-md border border-line bg-surface p-1 shadow-float"
			>
				{header && <div class="border-b border-line px-3 py-2">{header}</div>}
				<div role="menu" aria-label={label} onKeyDown={onKeyDown}>
					{groups.map((group) => (
						// biome-ignore lint/a11y/useSemanticElements: a group of menu items is no fieldset
						<div
							key={group.heading ?? group.items[0]?.label}
							role="group"
							aria-label={group.heading ?? label}
							class="py-1 not-first:border-t not-first:border-line"
						>
							{group.heading && (
								<div aria-hidden="true" class="px-3 py-1 text-xs text-ink-3">
									{group.heading}
								</div>
							)}
							{group.items.map((item) => (
								<button
									key={item.label}
									type="button"
									tabIndex={-1}
									{...(item.checked === undefined
										? { role: "menuitem" as const }
										: { role: "menuitemradio" as const, "aria-checked": item.checked })}
									class={`touch flex min-h-8 w-full items-center gap-2.5 rounded-sm px-3 py-1.5 text-left hover:bg-hover focus:bg-hover focus-visible:outline-offset-[-2px] ${item.danger ? "text-bad" : ""}`}
									onClick={() => {
										listRef.current?.hidePopover();
										item.run();
									}}
								>
									{item.icon && <Icon name={item.icon} class={item.danger ? "" : "text-ink-3"} />}
									<span class="grow truncate">{item.label}</span>
									{item.checked && <Icon name="check" class="text-accent-ink" />}
								</button>
							))}
						</div>
					))}
				</div>
			</div>
		</>
	);
}

function items(list: HTMLElement): HTMLElement[] {
	return [...list.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

/** Below its button (or above), kept inside the window. */
function place(anchor: HTMLElement, list: HTMLElement, side: "below" | "above") {
	const box = anchor.getBoundingClientRect();
	const { offsetWidth: width, offsetHeight: height } = list;
	const startsRight = box.left + box.width / 2 > window.innerWidth / 2;
	const left = startsRight ? box.right - width : box.left;
	const above = side === "above" || box.bottom + GAP + height > window.innerHeight;
	list.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
	list.style.top = `${Math.max(8, above ? box.top - GAP - height : box.bottom + GAP)}px`;
}
