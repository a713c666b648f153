import { onlineManager, type UseQueryResult } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { useSyncExternalStore } from "preact/compat";
import { useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "@/api";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

export function useOnline(): boolean {
	return useSyncExternalStore(
		(changed) => onlineManager.subscribe(changed),
		() => onlineManager.isOnline(),
	);
}

interface StateProps {
	icon: IconName;
	title: string;
	children?: ComponentChildren;
	actions?: ComponentChildren;
	tone?: string;
}

function State({ icon, title, children, actions, tone = "bg-idle-soft text-idle" }: StateProps) {
	return (
		<div class="card grid justify-items-center gap-2 px-6 py-14 text-center">
			<span class={`mb-1 grid size-11 place-items-center rounded-full ${tone}`}>
				<Icon name={icon} size={20} />
			</span>
			<h2 class="text-lg font-semibold">{title}</h2>
			<div class="max-w-sm text-ink-2">{children}</div>
			{actions && <div class="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
		</div>
	);
}

export function EmptyState(props: StateProps) {
	return <State {...props} />;
}

/** What happened, what to do, and a way to try again. */
export function ErrorState({
	problem,
	retry,
	whyGone = "It may have been removed, or it belongs to another workspace.",
}: {
	problem: Problem;
	retry?: () => void;
	/** Where something may be that is not found. */
	whyGone?: string;
}) {
	const gone = problem.status === 404;
	return (
		<div role="alert">
			<State
				icon={gone ? "search" : "alert"}
				tone={gone ? undefined : "bg-bad-soft text-bad"}
				title={gone ? "Not found" : "This could not be loaded"}
				actions={
					retry && !gone ? (
						<Button icon="refresh" onClick={retry}>
							Try again
						</Button>
					) : undefined
				}
			>
				<p>{gone ? whyGone : `${problem.message} ${advice(problem)}`}</p>
				{problem.requestId && !gone && <p class="mt-2 text-xs text-ink-3">Request {problem.requestId}</p>}
			</State>
		</div>
	);
}

function advice(problem: Problem): string {
	if (problem.code === "unreachable") return "Check your connection, then try again.";
	if (problem.status >= 500 || problem.status === 0) return "Try again in a moment.";
	return "";
}

export function OfflineState() {
	return (
		<State icon="wifiOff" title="You are offline">
			This loads by itself as soon as the connection is back.
		</State>
	);
}

const SKELETON_AFTER_MS = 150;

/** Nothing for a blink, then gray lines where the content will be. */
export function Skeleton({ lines = 6, label = "Loading" }: { lines?: number; label?: string }) {
	const [shown, setShown] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
		return () => clearTimeout(timer);
	}, []);
	return (
		<div role="status" aria-label={label} class={`card grid gap-4 p-5 ${shown ? "" : "invisible"}`}>
			{Array.from({ length: lines }, (_, line) => (
				<div key={line} class={`shimmer h-4 rounded-sm ${["w-full", "w-11/12", "w-3/4"][line % 3]}`} />
			))}
		</div>
	);
}

interface LoadProps<T> {
	query: Pick<UseQueryResult<T>, "data" | "error" | "fetchStatus" | "refetch">;
	skeleton?: ComponentChildren;
	whyGone?: string;
	children: (data: T) => ComponentChildren;
}

/** The states every page has: offline, error, loading, and then the content. */
export function Load<T>({ query, skeleton, whyGone, children }: LoadProps<T>) {
	if (query.data !== undefined) return <>{children(query.data)}</>;
	if (query.fetchStatus === "paused") return <OfflineState />;
	if (query.error && query.fetchStatus !== "fetching") {
		return <ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} whyGone={whyGone} />;
	}
	return <>{skeleton ?? <Skeleton />}</>;
}

/** Said over content that was loaded before and could not be refreshed. */
export function StaleNotice({ query }: { query: Pick<UseQueryResult, "data" | "error" | "isFetching" | "refetch"> }) {
	if (query.data === undefined || !query.error) return null;
	return (
		<div role="status" class="mb-3 flex flex-wrap items-center gap-3 rounded-md bg-active-soft px-4 py-2 text-active">
			<Icon name="alert" />
			<span class="grow">This may be out of date: {asProblem(query.error).message}</span>
			<Button size="sm" busy={query.isFetching} onClick={() => query.refetch()}>
				Try again
			</Button>
		</div>
	);
}
