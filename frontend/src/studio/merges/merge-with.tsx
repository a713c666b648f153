import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api, asProblem, type Client } from "@/api";
import { Button, Dialog, FormError, Load, TextField } from "@/ui";

const SHOWN = 8;

/** Finds the other client and puts both side by side. */
export function MergeWith({ client }: { client: Client }) {
	const [open, setOpen] = useState(false);
	return (
		<>
			<Button onClick={() => setOpen(true)}>Merge with…</Button>
			{open && <Choose client={client} onClose={() => setOpen(false)} />}
		</>
	);
}

function Choose({ client, onClose }: { client: Client; onClose: () => void }) {
	const [, navigate] = useLocation();
	const [search, setSearch] = useState("");
	const [error, setError] = useState<string | null>(null);
	const query = useQuery({
		queryKey: ["clients", "list", "to-merge", search],
		queryFn: ({ signal }) => api.clients.list({ limit: SHOWN + 1, ...(search ? { search } : {}) }, signal),
		placeholderData: keepPreviousData,
	});
	const choose = async (other: Client) => {
		try {
			const merge = await api.merges.suggest(client.id, other.id);
			navigate(`/merges/${merge.id}`);
		} catch (failure) {
			setError(asProblem(failure).message);
		}
	};
	return (
		<Dialog title={`Merge ${client.name} with`} onClose={onClose}>
			<div class="grid gap-3">
				<TextField label="Find the other client" value={search} onValue={setSearch} maxLength={200} />
				{error && <FormError>{error}</FormError>}
				<Load query={query}>
					{(page) => {
						const others = page.clients.filter((each) => each.id !== client.id).slice(0, SHOWN);
						if (others.length === 0) return <p class="text-ink-2">No other client is found.</p>;
						return (
							<ul class="divide-y divide-line">
								{others.map((other) => (
									<li key={other.id}>
										<button
											type="button"
											class="w-full rounded-sm px-2 py-2 text-left hover:bg-hover"
											onClick={() => choose(other)}
										>
											<span class="font-medium">{other.name}</span>
											<span class="block text-ink-2">{[other.email, other.company].filter(Boolean).join(" · ")}</span>
										</button>
									</li>
								))}
							</ul>
						);
					}}
				</Load>
			</div>
		</Dialog>
	);
}
