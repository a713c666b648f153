import { Field, SelectField, TextField } from "@/ui";
import { type MilestoneDraft, moved, newId, withoutMilestone } from "./draft";
import { Item, Items } from "./item-frame";
import type { PartProps } from "./phases-editor";

export function MilestonesEditor({ draft, onChange, errors }: PartProps) {
	const set = (id: string, part: Partial<MilestoneDraft>) =>
		onChange((current) => ({
			...current,
			milestones: current.milestones.map((each) => (each.id === id ? { ...each, ...part } : each)),
		}));
	const add = () =>
		onChange((current) => ({
			...current,
			milestones: [
				...current.milestones,
				{
					id: newId(),
					phaseId: current.phases.at(-1)?.id ?? "",
					title: "",
					description: "",
					category: "",
					amount: "",
					dueOn: "",
				},
			],
		}));
	const phases = [
		{ value: "", label: "None" },
		...draft.phases.map((each, index) => ({ value: each.id, label: each.title || `Phase ${index + 1}` })),
	];
	return (
		<Items
			title="Milestones"
			lead="What your client gets. Each becomes a deliverable of the project."
			add="Add milestone"
			onAdd={add}
		>
			{draft.milestones.map((milestone, index) => {
				const wrong = (field: string) => errors[`plan.milestones.${index}.${field}`];
				return (
					<Item
						key={milestone.id}
						name={milestone.title || `milestone ${index + 1}`}
						index={index}
						count={draft.milestones.length}
						onMove={(by) => onChange((current) => ({ ...current, milestones: moved(current.milestones, index, by) }))}
						onRemove={() => onChange((current) => withoutMilestone(current, milestone.id))}
					>
						<TextField
							label="Milestone"
							class="sm:col-span-3"
							autocomplete="off"
							value={milestone.title}
							onValue={(title) => set(milestone.id, { title })}
							error={wrong("title")}
						/>
						<TextField
							label={`Part of the price (${draft.currency})`}
							class="sm:col-span-3"
							optional
							inputMode="decimal"
							autocomplete="off"
							value={milestone.amount}
							onValue={(amount) => set(milestone.id, { amount })}
							error={wrong("amountMinor")}
						/>
						<TextField
							label="Due"
							class="sm:col-span-2"
							optional
							type="date"
							value={milestone.dueOn}
							onValue={(dueOn) => set(milestone.id, { dueOn })}
							error={wrong("dueOn")}
						/>
						<SelectField
							label="Phase"
							class="sm:col-span-2"
							value={milestone.phaseId}
							onValue={(phaseId) => set(milestone.id, { phaseId })}
							options={phases}
							error={wrong("phaseId")}
						/>
						<TextField
							label="Category"
							class="sm:col-span-2"
							optional
							autocomplete="off"
							value={milestone.category}
							onValue={(category) => set(milestone.id, { category })}
							error={wrong("category")}
						/>
						<Field label="What it is" class="sm:col-span-6" optional error={wrong("description")}>
							{(control) => (
								<textarea
									{...control}
									rows={2}
									class="field"
									value={milestone.description}
									onInput={(event) => set(milestone.id, { description: event.currentTarget.value })}
								/>
							)}
						</Field>
					</Item>
				);
			})}
		</Items>
	);
}
