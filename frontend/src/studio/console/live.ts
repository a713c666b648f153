import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { api, type Live, type Overview, type OverviewNews, subscribe } from "@/api";

const POLL_MS = 3_000;

const LiveContext = createContext<Live>("connecting");
export const LiveProvider = LiveContext.Provider;
export const useLive = () => useContext(LiveContext);

/** One stream for the whole console: it brings the overview, and tells lists that they have changed. */
export function useConsoleStream(): Live {
	const queries = useQueryClient();
	const [live, setLive] = useState<Live>("connecting");
	useEffect(
		() =>
			subscribe<OverviewNews>({
				url: api.console.events,
				event: "overview",
				onState: setLive,
				onData: (news) => {
					queries.setQueryData<Overview>(["console", "overview"], (before) => before && { ...before, ...news });
					queries.setQueryData(["console", "queues"], { queues: news.queues });
					if (document.visibilityState === "hidden") return;
					queries.invalidateQueries({ queryKey: ["console", "jobs"] }, { cancelRefetch: false });
					queries.invalidateQueries({ queryKey: ["console", "job"] }, { cancelRefetch: false });
				},
			}),
		[queries],
	);
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
