import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter-preact";
import { api, type Client } from "@/api";
import { Icon } from "@/ui";

/** A client who is another one now: where that one is, and the merge, which can be undone. */
export function MergedNotice({ client, into }: { client: Client; into: string }) {
	const merges = useQuery({
		queryKey: ["merges", "list", "of", client.id],
		queryFn: () => api.merges.list({ state: "merged", clientId: client.id }),
	});
	const merge = merges.data?.merges.find((each) => each.keptId === into);
	return (
		<div class="mb-4 flex items-start gap-2 rounded-md bg-accent-soft px-4 py-3">
			<Icon name="arrowRight" class="mt-0.5 text-accent-ink" />
			<p>
				This client was merged into{" "}
				<Link href={`/clients/${into}`} className="font-medium underline underline-offset-2">
					{merge ? (merge.client.id === into ? merge.client.name : merge.other.name) : "another one"}
				</Link>
				.{" "}
				{merge && (
					<Link href={`/merges/${merge.id}`} className="underline underline-offset-2">
						See the merge, or undo it
					</Link>
				)}
			</p>
		</div>
	);
}
