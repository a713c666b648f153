import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { api, type Import, type Live, subscribe } from "@/api";
import { isOver, isSettled } from "./words";

const POLL_MS = 2_000;

/** One import, kept fresh by its stream while it runs, or by a timer when the stream cannot be had. */
export function useImport(id: string) {
	const queries = useQueryClient();
	const [live, setLive] = useState<Live>("connecting");
	const query = useQuery({
		queryKey: ["imports", "one", id],
		queryFn: () => api.imports.get(id),
		refetchInterval: ({ state: { data } }) => (data && isActive(data) && live === "polling" ? POLL_MS : false),
	});
	const active = query.data !== undefined && isActive(query.data);

	useEffect(() => {
		if (!active) return;
		return subscribe<Import>({
			url: api.imports.events(id),
			event: "import",
			onState: setLive,
			isLast: isSettled,
			onData: (each) => {
				queries.setQueryData(["imports", "one", id], each);
				if (isOver(each.state)) {
					queries.invalidateQueries({ queryKey: ["merges"] });
					queries.invalidateQueries({ queryKey: ["imports", "list"] });
					queries.invalidateQueries({ queryKey: ["imports", "rows", id] });
					queries.invalidateQueries({ queryKey: ["clients"] });
				}
			},
		});
	}, [id, active, queries]);

	return query;
}

function isActive(each: Import): boolean {
	return each.state !== "uploaded" && !isSettled(each);
}
