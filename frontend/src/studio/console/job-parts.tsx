import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import type { JobRef } from "@/api";
import { ExactTime, Icon, type IconName, type Tone } from "@/ui";
import { JOB_WORDS } from "./words";

export const SPOT: Record<Tone, string> = {
	done: "bg-done-soft text-done",
	bad: "bg-bad-soft text-bad",
	active: "bg-active-soft text-active",
	idle: "",
};

interface StepProps {
	icon: IconName;
	title: ComponentChildren;
	at?: string;
	tone?: string;
	children?: ComponentChildren;
}

export function Step({ icon, title, at, tone = "", children }: StepProps) {
	return (
		<li class="group relative grid grid-cols-[2rem_minmax(0,1fr)] gap-x-4 pb-6">
			<span aria-hidden="true" class="absolute top-8 bottom-0 left-4 w-px bg-line group-last:hidden" />
			<span class={`grid size-8 place-items-center rounded-full ${tone || "bg-idle-soft text-idle"}`}>
				<Icon name={icon} />
			</span>
			<div class="min-w-0 pt-1">
				<div class="flex flex-wrap items-baseline gap-x-3">
					<h2 class="font-semibold">{title}</h2>
					{at && (
						<span class="text-ink-3">
							<ExactTime at={at} />
						</span>
					)}
				</div>
				<div class="mt-1 grid grid-cols-1 gap-2 text-ink-2">{children}</div>
			</div>
		</li>
	);
}

export function Disclosure({
	label,
	open = false,
	children,
}: {
	label: string;
	open?: boolean;
	children: ComponentChildren;
}) {
	return (
		<details class="group/details" open={open}>
			<summary class="touch inline-flex min-h-6 items-center gap-1 rounded-sm font-medium text-accent-ink">
				<Icon name="chevronRight" size={14} class="transition-transform duration-100 group-open/details:rotate-90" />
				{label}
			</summary>
			<div class="mt-1.5">{children}</div>
		</details>
	);
}

export function Code({ label, wrap = false, children }: { label: string; wrap?: boolean; children: string }) {
	return (
		<section
			aria-label={label}
			// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
			tabIndex={0}
			class="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-3"
		>
			<pre class={`font-mono text-xs text-ink ${wrap ? "wrap-anywhere whitespace-pre-wrap" : ""}`}>{children}</pre>
		</section>
	);
}

export const LINK = "font-medium text-accent-ink underline-offset-4 hover:underline";

export function Ref({ job }: { job: JobRef }) {
	return (
		<span class="inline-flex flex-wrap items-center gap-x-2">
			<Link href={`/console/jobs/${job.id}`} className={LINK}>
				{job.kind}
			</Link>
			<span class="text-xs text-ink-3">{JOB_WORDS[job.state].label.toLowerCase()}</span>
		</span>
	);
}
