import { QueryClient, useQuery } from "@tanstack/react-query";
import { api, asProblem, onSignedOut, Problem, rememberCsrfToken, type Session } from "@/api";

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

/** Makes an answer of the API the session of this window. */
export function adopt(session: Session) {
	const before = queryClient.getQueryData<Session | null>(KEY);
	rememberCsrfToken(session.csrfToken);
	if (before?.workspace?.id !== session.workspace?.id || before?.user.id !== session.user.id) {
		queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
	}
	queryClient.setQueryData(KEY, session);
}

export function forget() {
	rememberCsrfToken(null);
	queryClient.setQueryData(KEY, null);
	queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
}

onSignedOut(forget);

async function load(): Promise<Session | null> {
	try {
		const session = await api.session.get();
		rememberCsrfToken(session.csrfToken);
		return session;
	} catch (error) {
		if (error instanceof Problem && error.status === 401) return null;
		throw error;
	}
}

export function useSessionQuery() {
	return useQuery({ queryKey: KEY, queryFn: load, staleTime: 60_000 });
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
