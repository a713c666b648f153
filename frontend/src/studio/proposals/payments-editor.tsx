import type { Due } from "@/api";
import { oneOf, SelectField, TextField } from "@/ui";
import { type InstalmentDraft, moved, nextInstalment } from "./draft";
import { Item, Items } from "./item-frame";
import type { PartProps } from "./phases-editor";

const DUES: { value: Due; label: string }[] = [
	{ value: "approval", label: "On approval" },
	{ value: "milestone", label: "With a milestone" },
	{ value: "date", label: "On a day" },
	{ value: "completion", label: "When all is done" },
];

export function PaymentsEditor({ draft, onChange, errors }: PartProps) {
	const set = (id: string, part: Partial<InstalmentDraft>) =>
		onChange((current) => ({
			...current,
			instalments: current.instalments.map((each) => (each.id === id ? { ...each, ...part } : each)),
		}));
	const milestones = draft.milestones.map((each, index) => ({
		value: each.id,
		label: each.title || `Milestone ${index + 1}`,
	}));
	return (
		<Items
			title="Payments"
			lead="When your client pays what. Together they make up the price."
			add="Add payment"
			onAdd={() =>
				onChange((current) => ({ ...current, instalments: [...current.instalments, nextInstalment(current)] }))
			}
		>
			{draft.instalments.map((instalment, index) => {
				const wrong = (field: string) => errors[`plan.instalments.${index}.${field}`];
				return (
					<Item
						key={instalment.id}
						name={instalment.description || `payment ${index + 1}`}
						index={index}
						count={draft.instalments.length}
						onMove={(by) => onChange((current) => ({ ...current, instalments: moved(current.instalments, index, by) }))}
						onRemove={() =>
							onChange((current) => ({
								...current,
								instalments: current.instalments.filter((each) => each.id !== instalment.id),
							}))
						}
					>
						<TextField
							label="Payment"
							class="sm:col-span-3"
							autocomplete="off"
							value={instalment.description}
							onValue={(description) => set(instalment.id, { description })}
							error={wrong("description")}
						/>
						<TextField
							label={`Amount (${draft.currency})`}
							class="sm:col-span-3"
							inputMode="decimal"
							autocomplete="off"
							value={instalment.amount}
							onValue={(amount) => set(instalment.id, { amount })}
							error={wrong("amountMinor")}
						/>
						<SelectField
							label="Due"
							class="sm:col-span-3"
							value={instalment.due}
							onValue={(value) => {
								const due = oneOf(
									value,
									DUES.map((each) => each.value),
									"completion",
								);
								const milestoneId = due === "milestone" ? (milestones[0]?.value ?? "") : "";
								set(instalment.id, { due, milestoneId });
							}}
							options={milestones.length > 0 ? DUES : DUES.filter((each) => each.value !== "milestone")}
							error={wrong("due")}
						/>
						{instalment.due === "date" && (
							<TextField
								label="Day"
								class="sm:col-span-3"
								type="date"
								value={instalment.dueOn}
								onValue={(dueOn) => set(instalment.id, { dueOn })}
								error={wrong("dueOn")}
							/>
						)}
						{instalment.due === "milestone" && (
							<SelectField
								label="Milestone"
								class="sm:col-span-3"
								value={instalment.milestoneId}
								onValue={(milestoneId) => set(instalment.id, { milestoneId })}
								options={milestones}
								error={wrong("milestoneId")}
							/>
						)}
					</Item>
				);
			})}
		</Items>
	);
}
