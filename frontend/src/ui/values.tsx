import { useEffect, useState } from "preact/hooks";
import { exactTime, formatMoney, relativeTime } from "./format";

const TICK_MS = 15_000;
const ticking = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;

/** One timer for all times on the page. */
function useTick() {
	const [, setTick] = useState(0);
	useEffect(() => {
		const tick = () => setTick((count) => count + 1);
		ticking.add(tick);
		ticker ??= setInterval(() => {
			for (const each of ticking) each();
		}, TICK_MS);
		return () => {
			ticking.delete(tick);
			if (ticking.size === 0) {
				clearInterval(ticker);
				ticker = undefined;
			}
		};
	}, []);
}

/** A relative time with the exact one in its title. It lies above a row's link, or it could not be hovered. */
export function Time({ at, prefix = "" }: { at: string; prefix?: string }) {
	useTick();
	const date = new Date(at);
	return (
		<time dateTime={at} title={exactTime(date)} class="relative z-10 whitespace-nowrap">
			{prefix}
			{relativeTime(date, new Date())}
		</time>
	);
}

/** For places where the exact time matters and there is room: shown on hover and on focus by key. */
export function ExactTime({ at }: { at: string }) {
	useTick();
	const [exact, setExact] = useState(false);
	const date = new Date(at);
	return (
		<button
			type="button"
			class="rounded-sm text-left decoration-dotted underline-offset-4 hover:underline"
			aria-label={`${relativeTime(date, new Date())}, ${exactTime(date)}`}
			onMouseEnter={() => setExact(true)}
			onMouseLeave={() => setExact(false)}
			onFocus={() => setExact(true)}
			onBlur={() => setExact(false)}
		>
			<time dateTime={at} title={exactTime(date)}>
				{exact ? exactTime(date) : relativeTime(date, new Date())}
			</time>
		</button>
	);
}

export function Money({ minor, currency }: { minor: number; currency: string }) {
	return <span class="text-right whitespace-nowrap">{formatMoney(minor, currency)}</span>;
}

/** Says plainly that nothing is known, to eyes and readers. */
export function None() {
	return (
		<span class="text-ink-3">
			<span aria-hidden="true">–</span>
			<span class="sr-only">none</span>
		</span>
	);
}
