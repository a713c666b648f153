import { Field, TextField } from "@/ui";
import { moved, newId, type PhaseDraft, type PlanDraft, withoutPhase } from "./draft";
import type { Errors } from "./editor-page";
import { Item, Items } from "./item-frame";

export interface PartProps {
	draft: PlanDraft;
	onChange: (change: (draft: PlanDraft) => PlanDraft) => void;
	errors: Errors;
}

export function PhasesEditor({ draft, onChange, errors }: PartProps) {
	const set = (id: string, part: Partial<PhaseDraft>) =>
		onChange((current) => ({
			...current,
			phases: current.phases.map((each) => (each.id === id ? { ...each, ...part } : each)),
		}));
	const add = () =>
		onChange((current) => ({
			...current,
			phases: [...current.phases, { id: newId(), title: "", description: "", startsOn: "", endsOn: "" }],
		}));
	return (
		<Items title="Phases" lead="Parts of the work, one after the other." add="Add phase" onAdd={add}>
			{draft.phases.map((phase, index) => {
				const wrong = (field: string) => errors[`plan.phases.${index}.${field}`];
				return (
					<Item
						key={phase.id}
						name={phase.title || `phase ${index + 1}`}
						index={index}
						count={draft.phases.length}
						onMove={(by) => onChange((current) => ({ ...current, phases: moved(current.phases, index, by) }))}
						onRemove={() => onChange((current) => withoutPhase(current, phase.id))}
					>
						<TextField
							label="Phase"
							class="sm:col-span-2"
							autocomplete="off"
							value={phase.title}
							onValue={(title) => set(phase.id, { title })}
							error={wrong("title")}
						/>
						<TextField
							label="From"
							class="sm:col-span-2"
							optional
							type="date"
							value={phase.startsOn}
							onValue={(startsOn) => set(phase.id, { startsOn })}
							error={wrong("startsOn")}
						/>
						<TextField
							label="To"
							class="sm:col-span-2"
							optional
							type="date"
							value={phase.endsOn}
							onValue={(endsOn) => set(phase.id, { endsOn })}
							error={wrong("endsOn")}
						/>
						<Field label="What happens" class="sm:col-span-6" optional error={wrong("description")}>
							{(control) => (
								<textarea
									{...control}
									rows={2}
									class="field"
									value={phase.description}
									onInput={(event) => set(phase.id, { description: event.currentTarget.value })}
								/>
							)}
						</Field>
					</Item>
				);
			})}
		</Items>
	);
}
