/** Pages of this site that are not the studio's have an entry of their own: the browser loads them. */
export function isOutside(path: string): boolean {
	return path === "/my" || path.startsWith("/p/");
}

/** Where to go after logging in: only ever a path of this site. */
export function nextPath(search: string): string {
	const next = new URLSearchParams(search).get("next") ?? "/";
	return next.startsWith("/") && !/^\/[/\\]/.test(next) ? next : "/";
}
