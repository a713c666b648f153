import { QueryClient, useQuery } from "@tanstack/react-query";
import { api, asProblem, onSessionChanged, onSignedOut, Problem, rememberCsrfToken, type Session } from "@/api";

export const queryClient = new QueryClient({
	defaultOptions: {
		queries: {
			staleTime: 10_000,
			// A refusal stays a refusal; only what may pass by itself is tried again.
			retry: (count, error) => {
				const { status } = asProblem(error);
				return count < 2 && (status === 0 || status >= 502);
			},
			retryDelay: (count) => 400 * 2 ** count,
		},
		mutations: { networkMode: "always" },
	},
});

const KEY = ["session"];

/** What was loaded for another person or workspace must not be shown any more. */
function dropForeignData(next: Session | null) {
	const before = queryClient.getQueryData<Session | null>(KEY);
	if (before === undefined) return;
	if (before?.workspace?.id === next?.workspace?.id && before?.user.id === next?.user.id) return;
	queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
}

/** Makes an answer of the API the session of this window. */
export function adopt(session: Session) {
	rememberCsrfToken(session.csrfToken);
	dropForeignData(session);
	queryClient.setQueryData(KEY, session);
}

export function forget() {
	rememberCsrfToken(null);
	dropForeignData(null);
	queryClient.setQueryData(KEY, null);
}

onSignedOut(forget);
// Another window of this browser logged in anew or switched; the next try has the right token.
onSessionChanged(() => queryClient.invalidateQueries({ queryKey: KEY }));

async function load(): Promise<Session | null> {
	let session: Session | null = null;
	try {
		session = await api.session.get();
	} catch (error) {
		if (!(error instanceof Problem && error.status === 401)) throw error;
	}
	rememberCsrfToken(session?.csrfToken ?? null);
	dropForeignData(session);
	return session;
}

const SESSION = { queryKey: KEY, queryFn: load, staleTime: 60_000, refetchOnWindowFocus: "always" as const };

export function useSessionQuery() {
	return useQuery(SESSION);
}

/** For pages outside the shell: a request with a session's cookie needs that session's token. */
export function knownSession(): Promise<Session | null> {
	return queryClient.ensureQueryData(SESSION);
}

/** The session inside the shell, where there always is one. */
export function useSession(): Session {
	const { data } = useSessionQuery();
	if (!data) throw new Error("no session");
	return data;
}

export function canManage(session: Session): boolean {
	return session.workspace?.role === "owner" || session.workspace?.role === "manager";
}
