import { useCallback, useMemo } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";

export type UrlState = Record<string, string>;

/** Reads the keys of `defaults` out of a query; what is missing or empty has its default. */
export function readUrlState<T extends UrlState>(search: string, defaults: T): T {
	const params = new URLSearchParams(search);
	const state: UrlState = {};
	for (const [key, fallback] of Object.entries(defaults)) state[key] = params.get(key) || fallback;
	return state as T;
}

/** Writes only what differs from its default, so that the plain address is the plain page. */
export function writeUrlState<T extends UrlState>(state: T, defaults: T): string {
	const params = new URLSearchParams();
	for (const [key, fallback] of Object.entries(defaults)) {
		const value = state[key];
		if (value && value !== fallback) params.set(key, value);
	}
	const query = params.toString();
	return query ? `?${query}` : "";
}

/**
 * A page's state in its address. Any change but that of the cursor itself goes back to the first page,
 * since a cursor belongs to one order and one filter.
 */
export function useUrlState<T extends UrlState>(defaults: T) {
	const search = useSearch();
	const [path, navigate] = useLocation();
	const state = useMemo(() => readUrlState(search, defaults), [search]);
	const href = useCallback(
		(change: Partial<T>) => path + writeUrlState(changed(state, change), defaults),
		[path, state],
	);
	const set = useCallback(
		(change: Partial<T>, options?: { replace?: boolean }) => navigate(href(change), options),
		[href, navigate],
	);
	return { state, set, href };
}

/** A value out of a fixed set; an address that was typed or is old may hold anything. */
export function oneOf<T extends string>(value: string, allowed: readonly T[], fallback: T): T {
	return allowed.find((each) => each === value) ?? fallback;
}

export function changed<T extends UrlState>(state: T, change: Partial<T>): T {
	const reset = "cursor" in state && !("cursor" in change) ? { cursor: "" } : {};
	return { ...state, ...reset, ...change };
}
