import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { api, type Live, type LiveEvent, type MessageRead, subscribe } from "@/api";

const POLL_MS = 30_000;

export interface ProjectNews {
	/** Another number whenever something was said, or may have been. */
	said: number;
	/** Who has read the messages how far; nothing before the stream tells it. */
	reads: MessageRead[] | null;
}

/** Shows what happens in a project as it happens; on a timer only while the stream cannot be had. */
export function useProjectLive(id: string): ProjectNews {
	const queries = useQueryClient();
	const [said, setSaid] = useState(0);
	const [reads, setReads] = useState<MessageRead[] | null>(null);
	const [live, setLive] = useState<Live>("connecting");
	useEffect(() => {
		const reload = () => {
			setSaid((count) => count + 1);
			void queries.invalidateQueries({ queryKey: ["projects"] });
		};
		return subscribe<{ reads: MessageRead[] }>({
			url: api.projects.live(id),
			event: "reads",
			onData: (news) => setReads(news.reads),
			onState: setLive,
			others: {
				event: (data) => {
					if ((data as LiveEvent).subject === "message") setSaid((count) => count + 1);
					else reload();
				},
				// What is shown may have been loaded before these: it is loaded again.
				begin: reload,
				reset: reload,
			},
		});
	}, [id, queries]);

	useEffect(() => {
		if (live !== "polling") return;
		const timer = setInterval(() => {
			setSaid((count) => count + 1);
			void queries.invalidateQueries({ queryKey: ["projects"] });
		}, POLL_MS);
		return () => clearInterval(timer);
	}, [live, queries]);

	return { said, reads };
}
