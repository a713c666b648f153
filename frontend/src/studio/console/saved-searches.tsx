import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type SavedSearch } from "@/api";
import { Button, Confirm, Dialog, FormError, Icon, Menu, type MenuItem, TextField, toast, useForm } from "@/ui";

const KEY = ["console", "searches"];

/** The operator's own searches: to go to, to keep the present one, to forget one. */
export function SavedSearches({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
	const queries = useQueryClient();
	const query = useQuery({ queryKey: KEY, queryFn: api.console.searches.list, staleTime: 300_000 });
	const [naming, setNaming] = useState(false);
	const [forgetting, setForgetting] = useState<SavedSearch | null>(null);
	const searches = query.data?.searches ?? [];
	const current = searches.find((each) => each.search === search);
	const own: MenuItem[] = searches.map((each) => ({
		label: each.name,
		checked: each === current,
		run: () => onSearch(each.search),
	}));
	const act: MenuItem[] = current
		? [{ label: `Forget “${current.name}”`, icon: "trash", run: () => setForgetting(current) }]
		: [{ label: "Keep this search", icon: "plus", run: () => setNaming(true) }];
	const groups = [...(own.length > 0 ? [{ heading: "Kept searches", items: own }] : []), { items: act }];

	return (
		<>
			<Menu
				named
				label="Kept searches"
				buttonClass="touch inline-flex min-h-9 max-w-56 items-center gap-2 rounded-md border border-line bg-surface px-3.5 font-medium shadow-card hover:bg-hover"
				button={
					<>
						<Icon name="archive" class="text-ink-3" />
						<span class="truncate">{current?.name ?? "Kept searches"}</span>
						<Icon name="chevronDown" size={14} class="text-ink-3" />
					</>
				}
				groups={groups}
			/>
			{naming && <NameDialog search={search} onClose={() => setNaming(false)} />}
			{forgetting && (
				<Confirm
					title={`Forget “${forgetting.name}”?`}
					action="Forget search"
					onClose={() => setForgetting(null)}
					run={async () => {
						await api.console.searches.forget(forgetting.id).catch((error: unknown) => {
							// Forgotten in another window: that is what was wanted.
							if (asProblem(error).status !== 404) throw error;
						});
						await queries.invalidateQueries({ queryKey: KEY });
						toast("The search is forgotten.");
					}}
				>
					<p>
						<code class="font-mono text-xs wrap-anywhere">{forgetting.search || "All jobs"}</code>
					</p>
				</Confirm>
			)}
		</>
	);
}

function NameDialog({ search, onClose }: { search: string; onClose: () => void }) {
	const queries = useQueryClient();
	const form = useForm({
		initial: { name: "" },
		fields: ["name"],
		check: ({ name }) => (name.trim() ? {} : { name: "Give the search a name." }),
		save: async ({ name }) => {
			await api.console.searches.keep(name.trim(), search);
			await queries.invalidateQueries({ queryKey: KEY });
			toast(`“${name.trim()}” is kept.`);
			onClose();
		},
	});
	return (
		<Dialog
			title="Keep this search"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Go back</Button>
					<Button look="primary" type="submit" form="keep-search" busy={form.busy}>
						Keep search
					</Button>
				</>
			}
		>
			<form id="keep-search" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<p class="text-ink-2">
					<code class="font-mono text-xs wrap-anywhere">{search || "All jobs"}</code>
				</p>
				<TextField
					label="Name"
					name="searchName"
					autocomplete="off"
					maxLength={60}
					hint="Only you see it."
					value={form.values.name}
					onValue={form.set("name")}
					error={form.errors.name}
				/>
			</form>
		</Dialog>
	);
}
