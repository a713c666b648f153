import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Workspace } from "@/api";
import { Button, Facts, FormError, Load, TextField, toast, useForm } from "@/ui";
import { canManage, useSession } from "../session";

export function WorkspaceSettings() {
	const session = useSession();
	const query = useQuery({ queryKey: ["workspace"], queryFn: api.workspace.get });
	return (
		<Load query={query}>
			{(workspace) =>
				canManage(session) ? (
					<Rename workspace={workspace} />
				) : (
					<div class="card max-w-xl p-5">
						<Facts
							facts={[
								["Workspace name", workspace.name],
								["Who can change it", "Owners and managers"],
							]}
						/>
					</div>
				)
			}
		</Load>
	);
}

function Rename({ workspace }: { workspace: Workspace }) {
	const queries = useQueryClient();
	const form = useForm({
		initial: { name: workspace.name },
		fields: ["name"],
		check: ({ name }) => (name.trim() ? {} : { name: "Give the workspace a name." }),
		save: async ({ name }) => {
			queries.setQueryData(["workspace"], await api.workspace.rename(name.trim()));
			await queries.invalidateQueries({ queryKey: ["session"] });
			toast("The workspace is renamed.");
		},
	});
	return (
		<form ref={form.ref} noValidate class="card grid max-w-xl gap-4 p-5" onSubmit={form.submit}>
			{form.general && <FormError>{form.general}</FormError>}
			<TextField
				label="Workspace name"
				name="workspaceName"
				autocomplete="off"
				hint="Everyone in the workspace sees it."
				value={form.values.name}
				onValue={form.set("name")}
				error={form.errors["name"]}
			/>
			<Button
				type="submit"
				look="primary"
				class="justify-self-start"
				busy={form.busy}
				disabled={form.values.name.trim() === workspace.name}
			>
				Save
			</Button>
		</form>
	);
}
