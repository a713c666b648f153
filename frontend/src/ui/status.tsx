import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration } from "./format";
import { Icon, type IconName } from "./icon";

export type Tone = "done" | "active" | "bad" | "idle";

const TONES: Record<Tone, string> = {
	done: "bg-done-soft text-done",
	active: "bg-active-soft text-active",
	bad: "bg-bad-soft text-bad",
	idle: "bg-idle-soft text-idle",
};

const ICONS: Record<Tone, IconName> = { done: "check", active: "refresh", bad: "alert", idle: "clock" };

/** A status is never told by colour alone: always an icon and a word. */
export function StatusBadge({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ComponentChildren }) {
	return (
		<span
			class={`inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
		>
			<Icon name={icon ?? ICONS[tone]} size={13} />
			{children}
		</span>
	);
}

interface ProgressProps {
	label: string;
	done: number;
	total: number | null;
	unit?: string;
	rate?: number | null;
	secondsLeft?: number | null;
	compact?: boolean;
}

const ANNOUNCE_EVERY_MS = 10_000;

/** A bar with count, rate and time left. Readers hear it at most every ten seconds. */
export function Progress({ label, done, total, unit = "", rate, secondsLeft, compact = false }: ProgressProps) {
	const share = total && total > 0 ? Math.min(1, done / total) : null;
	const percent = share === null ? null : Math.floor(share * 100);
	const count = total === null ? `${formatCount(done)}` : `${formatCount(done)} of ${formatCount(total)}`;
	const spoken = `${label}: ${percent === null ? count : `${percent} %`}`;
	const [announced, setAnnounced] = useState(spoken);
	const last = useRef(0);
	useEffect(() => {
		const now = Date.now();
		if (now - last.current < ANNOUNCE_EVERY_MS && percent !== 100) return;
		last.current = now;
		setAnnounced(spoken);
	}, [spoken, percent]);

	return (
		<div class="grid gap-2">
			<div
				role="progressbar"
				aria-label={label}
				aria-valuemin={0}
				aria-valuemax={100}
				aria-valuenow={percent ?? undefined}
				aria-valuetext={`${count}${unit ? ` ${unit}` : ""}`}
				class={`overflow-hidden rounded-full bg-idle-soft ${compact ? "h-1.5" : "h-2"}`}
			>
				<div
					class={`bar-fill h-full rounded-full bg-accent transition-[width] duration-150 ${share === null ? "w-1/4 animate-pulse" : ""}`}
					style={share === null ? {} : { width: `${share * 100}%` }}
				/>
			</div>
			{!compact && (
				<>
					<div class="flex flex-wrap gap-x-5 gap-y-1 text-ink-2">
						<span>
							<span class="font-medium text-ink">{count}</span> {unit}
							{percent !== null && <span class="text-ink-3"> · {percent} %</span>}
						</span>
						{rate != null && rate > 0 && <span>{formatCount(Math.round(rate))} per second</span>}
						{secondsLeft != null && <span>about {formatDuration(Math.max(1, Math.round(secondsLeft)))} left</span>}
					</div>
					<span class="sr-only" aria-live="polite">
						{announced}
					</span>
				</>
			)}
		</div>
	);
}
