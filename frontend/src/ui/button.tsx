import type { ComponentChildren, JSX } from "preact";
import { Link } from "wouter-preact";
import { Icon, type IconName } from "./icon";

type Look = "primary" | "secondary" | "ghost" | "danger";

const LOOKS: Record<Look, string> = {
	primary: "bg-accent text-on-accent hover:bg-accent-strong border-transparent shadow-card",
	secondary: "bg-surface text-ink border-line hover:bg-hover shadow-card",
	ghost: "bg-transparent text-ink-2 border-transparent hover:bg-hover hover:text-ink",
	danger: "bg-bad-solid text-on-accent border-transparent hover:bg-bad-solid-strong shadow-card",
};

const BASE =
	"touch inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap " +
	"transition-colors duration-100 disabled:opacity-55 disabled:pointer-events-none select-none";

const SIZES = { md: "min-h-9 px-3.5", sm: "min-h-8 px-2.5" };

interface Common {
	look?: Look;
	size?: keyof typeof SIZES;
	icon?: IconName;
	class?: string;
	children: ComponentChildren;
}

type ButtonProps = Common &
	Omit<JSX.HTMLAttributes<HTMLButtonElement>, "size" | "icon" | "class"> & {
		busy?: boolean;
		disabled?: boolean;
		type?: "button" | "submit";
		form?: string;
	};

export function Button({
	look = "secondary",
	size = "md",
	icon,
	busy = false,
	disabled = false,
	type = "button",
	class: className = "",
	children,
	...rest
}: ButtonProps) {
	return (
		<button
			type={type}
			class={`${BASE} ${LOOKS[look]} ${SIZES[size]} ${className}`}
			disabled={disabled || busy}
			aria-busy={busy}
			{...rest}
		>
			{busy ? <Icon name="spinner" class="animate-spin" /> : icon && <Icon name={icon} />}
			{children}
		</button>
	);
}

/** Looks like a button, is a link: it goes somewhere and opens in a new tab like any link. */
export function ButtonLink({
	href,
	look = "secondary",
	size = "md",
	icon,
	class: className = "",
	children,
}: Common & { href: string }) {
	return (
		<Link href={href} className={`${BASE} ${LOOKS[look]} ${SIZES[size]} ${className}`}>
			{icon && <Icon name={icon} />}
			{children}
		</Link>
	);
}

/** Looks like a button, saves a file: an address that no page of ours has. */
export function DownloadLink({
	href,
	label,
	size = "md",
	children,
}: {
	href: string;
	label: string;
	size?: keyof typeof SIZES;
	children?: ComponentChildren;
}) {
	return (
		<a href={href} download aria-label={label} class={`${BASE} ${LOOKS.secondary} ${SIZES[size]} shrink-0`}>
			<Icon name="download" />
			{children}
		</a>
	);
}

type IconButtonProps = Omit<JSX.HTMLAttributes<HTMLButtonElement>, "label" | "icon" | "class"> & {
	label: string;
	icon: IconName;
	class?: string;
	disabled?: boolean;
	popovertarget?: string;
};

export function IconButton({ label, icon, class: className = "", ...rest }: IconButtonProps) {
	return (
		<button
			type="button"
			aria-label={label}
			title={label}
			class={`touch-square inline-flex size-8 items-center justify-center rounded-md text-ink-2 transition-colors duration-100 hover:bg-hover hover:text-ink disabled:opacity-55 ${className}`}
			{...rest}
		>
			<Icon name={icon} size={18} />
		</button>
	);
}
