/** Where to go after logging in: only ever a path of this site. */
export function nextPath(search: string): string {
	const next = new URLSearchParams(search).get("next") ?? "/";
	return next.startsWith("/") && !/^\/[/\\]/.test(next) ? next : "/";
}
