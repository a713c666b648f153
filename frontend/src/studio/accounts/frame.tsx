import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Mark, useTitle } from "@/ui";

/** The quiet page around everything that happens before one is logged in. */
export function AccountFrame({
	title,
	lead,
	children,
	foot,
}: {
	title: string;
	lead?: ComponentChildren;
	children: ComponentChildren;
	foot?: ComponentChildren;
}) {
	const heading = useRef<HTMLHeadingElement>(null);
	useTitle(title);
	useLayoutEffect(() => {
		if (!document.activeElement || document.activeElement === document.body) heading.current?.focus();
	}, []);
	return (
		<main class="grid min-h-dvh content-start justify-items-center px-4 pt-[max(2rem,11dvh)] pb-10">
			<div class="w-full max-w-sm">
				<div class="mb-7 flex items-center gap-2.5 text-lg font-semibold">
					<Mark size={28} />
					Ledgerline
				</div>
				<div class="card p-6">
					<h1 ref={heading} tabIndex={-1} class="text-xl font-semibold">
						{title}
					</h1>
					{lead && <p class="mt-1 text-ink-2">{lead}</p>}
					<div class="mt-5">{children}</div>
				</div>
				{foot && <p class="mt-5 text-center text-ink-2">{foot}</p>}
			</div>
		</main>
	);
}

export const LINK = "touch inline-flex items-center font-medium text-accent-ink underline-offset-4 hover:underline";
