import { api, asProblem, type Milestone, type Project } from "@/api";
import { Button, Dialog, Field, FormError, formatMoney, moneyInput, parseMoney, TextField, useForm } from "@/ui";
import { useRefresh } from "./acting";

interface MilestoneDialogProps {
	project: Project;
	/** The milestone to change; without one a new one is made. */
	milestone?: Milestone;
	onClose: () => void;
}

export function MilestoneDialog({ project, milestone, onClose }: MilestoneDialogProps) {
	const refresh = useRefresh();
	const { currency } = project;
	const left = project.totals.unplannedMinor + (milestone?.amountMinor ?? 0);
	const form = useForm({
		initial: {
			name: milestone?.name ?? "",
			amount: milestone ? moneyInput(milestone.amountMinor, currency) : "",
			dueOn: milestone?.dueOn ?? "",
			description: milestone?.description ?? "",
		},
		fields: ["name", "amount", "dueOn", "description"],
		check: ({ name, amount }) => ({
			...(name.trim() ? {} : { name: "Enter a name." }),
			...(parseMoney(amount, currency) === null
				? { amount: "Enter an amount like 1200 or 1200.50; 0 costs nothing." }
				: {}),
		}),
		save: async ({ name, amount, dueOn, description }) => {
			const amountMinor = parseMoney(amount, currency) ?? 0;
			try {
				const input = { name, description, dueOn: dueOn || null, amountMinor };
				if (milestone) await api.milestones.update(milestone.id, { ...input, version: milestone.version });
				else await api.projects.addMilestone(project.id, input);
			} catch (error) {
				const problem = asProblem(error);
				for (const each of problem.errors) if (each.field === "amountMinor") each.field = "amount";
				throw problem;
			}
			await refresh();
			onClose();
		},
	});
	const { values, set, errors } = form;
	return (
		<Dialog
			title={milestone ? "Edit milestone" : "Add a milestone"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="milestone-form" look="primary" busy={form.busy}>
						{milestone ? "Save changes" : "Add"}
					</Button>
				</>
			}
		>
			<form id="milestone-form" ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField label="Name" autocomplete="off" value={values.name} onValue={set("name")} error={errors["name"]} />
				<TextField
					label={`Amount in ${currency}`}
					inputMode="decimal"
					autocomplete="off"
					disabled={milestone?.isInSchedule ?? false}
					hint={milestone?.isInSchedule ? "Agreed on with the client." : `${formatMoney(left, currency)} are left.`}
					value={values.amount}
					onValue={set("amount")}
					error={errors["amount"]}
				/>
				<TextField
					label="Due on"
					type="date"
					optional
					value={values.dueOn}
					onValue={set("dueOn")}
					error={errors["dueOn"]}
				/>
				<Field label="Description" optional error={errors["description"]}>
					{(control) => (
						<textarea
							{...control}
							rows={3}
							class="field"
							value={values.description}
							onInput={(event) => set("description")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}
