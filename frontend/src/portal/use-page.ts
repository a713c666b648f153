import { createContext } from "preact";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Live, subscribe } from "@/api/events";
import { oneAtATime } from "@/api/one-at-a-time";
import { asProblem, type Problem } from "@/api/problem";
import { api, type MessageRead, type PortalPage } from "./data";

const AGAIN_MS = 60_000;

export interface Portal {
	page: PortalPage;
	/** Why what is shown may be out of date. */
	problem: Problem | null;
	busy: boolean;
	/** The link does not work any more. */
	closed: boolean;
	/** Who has read the messages how far, as the stream tells it; nothing before it does. */
	reads: MessageRead[] | null;
	reload: () => Promise<void>;
}

export const PortalContext = createContext<Portal | null>(null);

export function usePortal(): Portal {
	const portal = useContext(PortalContext);
	if (!portal) throw new Error("outside of the portal");
	return portal;
}

/**
 * Begins with what came with the page, and is told when something happens. Until there is a project, and while the stream is
 * away, it looks again each minute and when somebody comes back to it.
 */
export function usePage(first: PortalPage): Portal {
	const [page, setPage] = useState(first);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const [reads, setReads] = useState<MessageRead[] | null>(null);
	const loadedAt = useRef(Date.now());
	const live = useRef<Live>("connecting");

	const reload = useMemo(
		() =>
			oneAtATime(async () => {
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
			}),
		[],
	);

	const closed = problem !== null && [401, 403, 404].includes(problem.status) && problem.code !== "csrf_failed";
	const projectId = page.more.project?.id;
	const known = useRef(0);
	known.current = page.more.project?.lastEvent ?? 0;
	useEffect(() => {
		if (!projectId || closed) return;
		const stop = subscribe<{ reads: MessageRead[] }>({
			url: api.live,
			after: String(known.current),
			event: "reads",
			onData: (news) => setReads(news.reads),
			others: { event: reload, reset: reload },
			onState: (state) => {
				// whoever is shut out is told so by the page
				if (state === "polling" && live.current !== "polling") void reload();
				live.current = state;
			},
		});
		return () => {
			stop();
			live.current = "connecting";
		};
	}, [projectId, closed, reload]);

	useEffect(() => {
		const look = () => {
			const isOld = live.current !== "live" && Date.now() - loadedAt.current >= AGAIN_MS;
			if (isOld && document.visibilityState === "visible") void reload();
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

	return { page, problem, busy, closed, reads, reload };
}
