import { useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { asProblem } from "@/api";
import { toast } from "@/ui";

/** Everything that is shown of projects is read again after a change: one thing moves others. */
export function useRefresh() {
	const queries = useQueryClient();
	return () => queries.invalidateQueries({ queryKey: ["projects"] });
}

/** Does something at once, says that it is done or why it is not, and shows what is true then. */
export function useAct() {
	const refresh = useRefresh();
	const [busy, setBusy] = useState("");
	const act = async (name: string, run: () => Promise<unknown>, done: string) => {
		setBusy(name);
		try {
			await run();
			toast(done);
		} catch (error) {
			toast(asProblem(error).message, { tone: "bad" });
		} finally {
			await refresh();
			setBusy("");
		}
	};
	return { act, busy };
}
