import { useLocation } from "wouter-preact";
import { api } from "@/api";
import { Button, Dialog, type Form, FormError, Page, TextField, toast, useForm } from "@/ui";
import { adopt } from "../session";

function useNewWorkspace(done: () => void) {
	return useForm({
		initial: { name: "" },
		fields: ["name"],
		check: ({ name }) => (name.trim() ? {} : { name: "Give the workspace a name." }),
		save: async ({ name }) => {
			adopt(await api.workspace.create(name.trim()));
			toast(`${name.trim()} is ready.`);
			done();
		},
	});
}

function Fields({ form }: { form: Form<{ name: string }> }) {
	return (
		<>
			{form.general && <FormError>{form.general}</FormError>}
			<TextField
				label="Workspace name"
				name="workspaceName"
				autocomplete="off"
				value={form.values.name}
				onValue={form.set("name")}
				error={form.errors["name"]}
			/>
		</>
	);
}

export function NewWorkspaceDialog({ onClose }: { onClose: () => void }) {
	const [, navigate] = useLocation();
	const form = useNewWorkspace(() => {
		onClose();
		navigate("/");
	});
	return (
		<Dialog
			title="New workspace"
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="new-workspace" look="primary" busy={form.busy}>
						Create workspace
					</Button>
				</>
			}
		>
			<form id="new-workspace" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				<Fields form={form} />
			</form>
		</Dialog>
	);
}

/** Shown to someone who is in no workspace, for instance after leaving the last one. */
export function NoWorkspace() {
	const form = useNewWorkspace(() => {});
	return (
		<Page
			title="Create a workspace"
			actions={
				<a href="/my" class="touch inline-flex min-h-9 items-center font-medium text-accent-ink hover:underline">
					I am a client: show my projects
				</a>
			}
			lead="You are in no workspace yet. Create one, or ask a colleague for an invitation."
		>
			<form ref={form.ref} noValidate class="card grid max-w-md gap-4 p-5" onSubmit={form.submit}>
				<Fields form={form} />
				<Button type="submit" look="primary" busy={form.busy} class="justify-self-start">
					Create workspace
				</Button>
			</form>
		</Page>
	);
}
