import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "@/api/problem";
import { api, type PortalPage } from "./data";

const AGAIN_MS = 60_000;

export interface Portal {
	page: PortalPage;
	/** Why what is shown may be out of date. */
	problem: Problem | null;
	busy: boolean;
	/** The link does not work any more. */
	closed: boolean;
	reload: () => Promise<void>;
}

export const PortalContext = createContext<Portal | null>(null);

export function usePortal(): Portal {
	const portal = useContext(PortalContext);
	if (!portal) throw new Error("outside of the portal");
	return portal;
}

/** Begins with what came with the page; looks again each minute, and when somebody comes back to it. */
export function usePage(first: PortalPage): Portal {
	const [page, setPage] = useState(first);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const loadedAt = useRef(Date.now());

	const reload = useCallback(async () => {
		setBusy(true);
		try {
			setPage(await api.page());
			loadedAt.current = Date.now();
			setProblem(null);
		} catch (error) {
			setProblem(asProblem(error));
		} finally {
			setBusy(false);
		}
	}, []);

	useEffect(() => {
		const look = () => {
			if (document.visibilityState === "visible" && Date.now() - loadedAt.current >= AGAIN_MS) void reload();
		};
		const timer = setInterval(look, AGAIN_MS);
		document.addEventListener("visibilitychange", look);
		window.addEventListener("online", reload);
		return () => {
			clearInterval(timer);
			document.removeEventListener("visibilitychange", look);
			window.removeEventListener("online", reload);
		};
	}, [reload]);

	const closed = problem !== null && [401, 403, 404].includes(problem.status) && problem.code !== "csrf_failed";
	return { page, problem, busy, closed, reload };
}
