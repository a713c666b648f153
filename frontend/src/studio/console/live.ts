import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { type Activity, api, type Live, type Overview, type Queue, subscribe } from "@/api";
import { latest } from "./activity";

const POLL_MS = 3_000;
const OVERVIEW = ["console", "overview"];
const QUEUES = ["console", "queues"];

type QueueList = { queues: Queue[] };

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
				queries.setQueryData(OVERVIEW, (before?: Overview) => newer(before, news));
				queries.setQueryData(QUEUES, (before?: QueueList) => newer(before, { queues: news.queues }));
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
	const queries = useQueryClient();
	const refetchInterval = usePollInterval();
	const queryFn = async () => newer(queries.getQueryData<Overview>(OVERVIEW), await api.console.overview());
	return useQuery({ queryKey: OVERVIEW, queryFn, refetchInterval });
}

export function useQueues() {
	const queries = useQueryClient();
	const refetchInterval = usePollInterval();
	const queryFn = async () => newer(queries.getQueryData<QueueList>(QUEUES), await api.console.queues());
	return useQuery({ queryKey: QUEUES, queryFn, refetchInterval });
}

/** Takes over what the server answered to an act on a queue, wherever the queue is shown. */
export function useAdoptQueue() {
	const queries = useQueryClient();
	return (changed: Queue) => {
		const adopt = <T extends QueueList>(before?: T) =>
			before && { ...before, queues: before.queues.map((each) => (each.name === changed.name ? changed : each)) };
		queries.setQueryData<QueueList>(QUEUES, adopt);
		queries.setQueryData<Overview>(OVERVIEW, adopt);
	};
}

/**
 * What was read later of each queue: an answer, or what the stream brings, may have been read before an act whose
 * effect is shown already.
 */
export function newer<T extends QueueList>(before: T | undefined, news: T): T {
	const read = new Map(before?.queues.map((queue) => [queue.name, queue]));
	const later = (queue: Queue) => {
		const known = read.get(queue.name);
		return known && Date.parse(known.readAt) > Date.parse(queue.readAt) ? known : queue;
	};
	return { ...news, queues: news.queues.map(later) };
}
