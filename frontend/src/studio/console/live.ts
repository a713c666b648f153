import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { type Activity, api, type Live, type Overview, subscribe } from "@/api";
import { latest } from "./activity";

const POLL_MS = 3_000;

interface Stream {
	live: Live;
	/** The latest entries of the activity that the stream brought, beside the list, which may be loaded at any moment. */
	streamed: Activity[];
}

const StreamContext = createContext<Stream>({ live: "connecting", streamed: [] });
export const StreamProvider = StreamContext.Provider;
export const useLive = () => useContext(StreamContext).live;

/** What lists show changes with every overview. */
const LISTS = ["jobs", "job", "nodes", "node", "batches", "batch"];

/**
 * One stream for the whole console. The overview comes as a whole state and tells lists that they have
 * changed; activity comes entry by entry, each once.
 */
export function useConsoleStream(): Stream {
	const queries = useQueryClient();
	const [live, setLive] = useState<Live>("connecting");
	const [streamed, setStreamed] = useState<Activity[]>([]);
	useEffect(() => {
		// A list that is being loaded may have been read before the stream began: it is loaded once more.
		const reload = () => queries.invalidateQueries({ queryKey: ["console", "activity"] });
		const refresh = (names: string[]) => {
			for (const name of names) queries.invalidateQueries({ queryKey: ["console", name] }, { cancelRefetch: false });
		};
		return subscribe<Overview>({
			url: api.console.events,
			event: "overview",
			onState: setLive,
			onData: (news) => {
				queries.setQueryData(["console", "overview"], news);
				queries.setQueryData(["console", "queues"], { queues: news.queues });
				if (document.visibilityState !== "hidden") refresh(LISTS);
			},
			others: {
				activity: (entry) => {
					setStreamed((before) => latest([entry as Activity], before));
					refresh(["schedules", "schedule"]);
				},
				// Before these the list may have been loaded, or not: it is loaded again.
				begin: reload,
				reset: () => {
					reload();
					refresh(["schedules", "schedule"]);
				},
			},
		});
	}, [queries]);
	return useMemo(() => ({ live, streamed }), [live, streamed]);
}

/** The latest of what happened: as it was loaded, and what came since. */
export function useActivity() {
	const { streamed } = useContext(StreamContext);
	return useQuery({
		queryKey: ["console", "activity"],
		queryFn: () => api.console.activity(),
		select: ({ activity }) => latest(activity, streamed),
	});
}

/** Fetches on a timer only while the stream cannot be had. */
export function usePollInterval(): number | false {
	return useLive() === "polling" ? POLL_MS : false;
}

export function useOverview() {
	const refetchInterval = usePollInterval();
	return useQuery({ queryKey: ["console", "overview"], queryFn: api.console.overview, refetchInterval });
}
