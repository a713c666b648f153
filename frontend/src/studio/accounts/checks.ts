/** What can be said before asking the server. The server decides. */
export const MIN_PASSWORD = 10;

export function checkName(name: string): string | undefined {
	return name.trim() ? undefined : "Enter your name.";
}

export function checkEmail(email: string): string | undefined {
	if (!email.trim()) return "Enter your email address.";
	return /^\S+@\S+$/.test(email.trim()) ? undefined : "Enter an address like name@example.com.";
}

export function checkPassword(password: string): string | undefined {
	if (!password) return "Enter a password.";
	return [...password].length < MIN_PASSWORD ? `Use at least ${MIN_PASSWORD} characters.` : undefined;
}

/** Drops fields without a message. */
export function messages<T extends object>(checks: T): Partial<{ [K in keyof T]: string }> {
	return Object.fromEntries(Object.entries(checks).filter(([, message]) => message)) as Partial<{
		[K in keyof T]: string;
	}>;
}

let taken: { path: string; token: string } | null = null;

/**
 * Reads the token behind the # and takes it out of the address bar, so that it stays in no history,
 * screenshot or shared link. It is kept in memory, since a page may be built twice.
 */
export function takeToken(): string {
	const token = location.hash.slice(1);
	if (token) {
		taken = { path: location.pathname, token };
		history.replaceState(history.state, "", location.pathname + location.search);
	}
	return taken?.path === location.pathname ? taken.token : "";
}
