import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import { ButtonLink, formatBounded } from "@/ui";

/** How many pairs wait for a decision; nothing while there are none. */
export function OpenMerges() {
	const { data } = useQuery({
		queryKey: ["merges", "list", "count"],
		queryFn: () => api.merges.list({ limit: 1 }),
	});
	if (!data || data.total.count === 0) return null;
	const one = data.total.count === 1 && !data.total.capped;
	return (
		<ButtonLink href="/merges">
			{formatBounded(data.total)} possible {one ? "duplicate" : "duplicates"}
		</ButtonLink>
	);
}
