import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { type Activity, type ActivityList, api, type Live, type Overview, subscribe } from "@/api";
import { withEntry } from "./activity";

const POLL_MS = 3_000;

const LiveContext = createContext<Live>("connecting");
export const LiveProvider = LiveContext.Provider;
export const useLive = () => useContext(LiveContext);

/** What lists show changes with every overview. */
const LISTS = ["jobs", "job", "nodes", "node", "batches", "batch"];

/**
 * One stream for the whole console. The overview comes as a whole state and tells lists that they have
 * changed; activity comes entry by entry, each once.
 */
export function useConsoleStream(): Live {
	const queries = useQueryClient();
	const [live, setLive] = useState<Live>("connecting");
	useEffect(() => {
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
					queries.setQueryData<ActivityList>(["console", "activity", ""], (before) =>
						withEntry(before, entry as Activity),
					);
					refresh(["schedules", "schedule"]);
				},
				// Before these the list may have been loaded, or not: it is loaded again.
				begin: () => refresh(["activity"]),
				reset: () => refresh(["activity", "schedules", "schedule"]),
			},
		});
	}, [queries]);
	return live;
}

/** Fetches on a timer only while the stream cannot be had. */
export function usePollInterval(): number | false {
	return useLive() === "polling" ? POLL_MS : false;
}

export function useOverview() {
	const refetchInterval = usePollInterval();
	return useQuery({ queryKey: ["console", "overview"], queryFn: api.console.overview, refetchInterval });
}
