import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Client } from "@/api";
import { toast } from "@/ui";

/** Archiving and restoring, each with a way back. */
export function useArchive() {
	const queries = useQueryClient();

	const settle = (client: Client) => {
		queries.setQueryData(["clients", "one", client.id], client);
		queries.invalidateQueries({ queryKey: ["clients", "history", client.id] });
		return queries.invalidateQueries({ queryKey: ["clients", "list"] });
	};

	const archive = async ({ id, name }: Client) => {
		try {
			await settle(await api.clients.archive(id));
			toast(`${name} is archived.`, { action: { label: "Undo", run: () => restore({ id, name }) } });
		} catch (error) {
			toast(`${name} was not archived. ${asProblem(error).message}`, { tone: "bad" });
		}
	};

	const restore = async ({ id, name }: Pick<Client, "id" | "name">) => {
		try {
			await settle(await api.clients.restore(id));
			toast(`${name} is active again.`);
		} catch (error) {
			toast(`${name} was not restored. ${asProblem(error).message}`, { tone: "bad" });
		}
	};

	return { archive, restore };
}
