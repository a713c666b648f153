import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "preact/hooks";
import { api, asProblem, type Client } from "@/api";
import { Button, Checkbox, CURRENCIES, Dialog, Field, FormError, SelectField, TextField, useForm } from "@/ui";
import { checkDraft, draftFrom, EMPTY_DRAFT, inputFrom } from "./draft";

const FIELDS = [
	"name",
	"email",
	"company",
	"phone",
	"timezone",
	"genres",
	"budgetMin",
	"budgetMax",
	"budgetCurrency",
	"satisfaction",
	"referralSource",
	"notes",
] as const;

/** The form's two amounts are one object on the wire. */
const WIRE_NAMES: Record<string, string> = {
	budgetMinor: "budgetMin",
	"budgetMinor.min": "budgetMin",
	"budgetMinor.max": "budgetMax",
};

const SATISFACTION = ["1 – unhappy", "2", "3 – fine", "4", "5 – delighted"];
const TIMEZONES = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));

interface ClientDialogProps {
	/** The client to change; without one a new one is made. */
	client?: Client;
	onClose: () => void;
	onSaved: (client: Client) => void;
}

export function ClientDialog({ client, onClose, onSaved }: ClientDialogProps) {
	const queries = useQueryClient();
	const version = useRef(client?.version ?? 0);
	const [reloading, setReloading] = useState(false);
	const form = useForm({
		initial: client ? draftFrom(client) : EMPTY_DRAFT,
		fields: FIELDS,
		check: checkDraft,
		save: async (draft) => {
			try {
				const input = inputFrom(draft);
				const saved = client
					? await api.clients.update(client.id, { ...input, version: version.current })
					: await api.clients.create(input);
				queries.setQueryData(["clients", "one", saved.id], saved);
				queries.invalidateQueries({ queryKey: ["clients", "history", saved.id] });
				queries.invalidateQueries({ queryKey: ["clients", "list"] });
				onSaved(saved);
			} catch (error) {
				const problem = asProblem(error);
				for (const each of problem.errors) each.field = WIRE_NAMES[each.field] ?? each.field;
				throw problem;
			}
		},
	});
	const { values, set, errors, problem } = form;

	const reload = async () => {
		if (!client) return;
		setReloading(true);
		try {
			const newest = await api.clients.get(client.id);
			version.current = newest.version;
			queries.setQueryData(["clients", "one", newest.id], newest);
			form.replace(draftFrom(newest));
		} finally {
			setReloading(false);
		}
	};

	const timezones = [{ value: "", label: "Not set" }, ...TIMEZONES];
	if (values.timezone && !TIMEZONES.some((zone) => zone.value === values.timezone)) {
		timezones.push({ value: values.timezone, label: values.timezone });
	}
	const currencies = CURRENCIES.includes(values.budgetCurrency) ? CURRENCIES : [...CURRENCIES, values.budgetCurrency];

	return (
		<Dialog
			wide
			title={client ? "Edit client" : "New client"}
			onClose={onClose}
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" form="client-form" look="primary" busy={form.busy}>
						{client ? "Save changes" : "Create client"}
					</Button>
				</>
			}
		>
			<form
				id="client-form"
				ref={form.ref}
				noValidate
				class="grid grid-cols-1 gap-4 sm:grid-cols-2"
				onSubmit={form.submit}
			>
				{!client && <p class="text-ink-2 sm:col-span-2">Only the name is needed. The rest can follow.</p>}
				{problem?.code === "stale_version" ? (
					<div class="sm:col-span-2">
						<FormError>
							<p>
								Someone else changed this client while you were editing, so nothing was saved. Load the newest version
								to go on from there. What you typed here will be replaced.
							</p>
							<Button size="sm" icon="refresh" class="mt-2" busy={reloading} onClick={reload}>
								Load the newest version
							</Button>
						</FormError>
					</div>
				) : (
					form.general && (
						<div class="sm:col-span-2">
							<FormError>{form.general}</FormError>
						</div>
					)
				)}
				<TextField label="Name" autocomplete="off" value={values.name} onValue={set("name")} error={errors["name"]} />
				<TextField
					label="Email"
					type="email"
					autocomplete="off"
					value={values.email}
					onValue={set("email")}
					error={
						errors["email"] && problem?.code === "duplicate_email" && problem.existingId ? (
							<>
								{errors["email"]}{" "}
								<a href={`/clients/${problem.existingId}`} class="font-medium underline underline-offset-4">
									Open the existing client
								</a>
							</>
						) : (
							errors["email"]
						)
					}
				/>
				<TextField
					label="Company"
					autocomplete="off"
					value={values.company}
					onValue={set("company")}
					error={errors["company"]}
				/>
				<TextField
					label="Phone"
					type="tel"
					autocomplete="off"
					value={values.phone}
					onValue={set("phone")}
					error={errors["phone"]}
				/>
				<SelectField
					label="Time zone"
					value={values.timezone}
					onValue={set("timezone")}
					options={timezones}
					error={errors["timezone"]}
				/>
				<TextField
					label="Genres"
					autocomplete="off"
					hint="Separate with commas."
					value={values.genres}
					onValue={set("genres")}
					error={errors["genres"]}
				/>
				<fieldset class="grid grid-cols-[1fr_1fr_6.5rem] items-start gap-3 sm:col-span-2">
					<legend class="sr-only">Budget</legend>
					<TextField
						label="Budget from"
						inputMode="decimal"
						autocomplete="off"
						value={values.budgetMin}
						onValue={set("budgetMin")}
						error={errors["budgetMin"]}
					/>
					<TextField
						label="Budget to"
						inputMode="decimal"
						autocomplete="off"
						value={values.budgetMax}
						onValue={set("budgetMax")}
						error={errors["budgetMax"]}
					/>
					<SelectField
						label="Currency"
						value={values.budgetCurrency}
						onValue={set("budgetCurrency")}
						options={currencies.map((code) => ({ value: code, label: code }))}
						error={errors["budgetCurrency"]}
					/>
				</fieldset>
				<SelectField
					label="Satisfaction"
					value={values.satisfaction}
					onValue={set("satisfaction")}
					options={[
						{ value: "", label: "Not rated" },
						...SATISFACTION.map((label, index) => ({ value: String(index + 1), label })),
					]}
					error={errors["satisfaction"]}
				/>
				<TextField
					label="Came through"
					autocomplete="off"
					value={values.referralSource}
					onValue={set("referralSource")}
					error={errors["referralSource"]}
				/>
				<fieldset class="sm:col-span-2">
					<legend class="mb-1 font-medium">Likes to hear by</legend>
					<div class="flex flex-wrap gap-x-6">
						<Checkbox label="Email" checked={values.byEmail} onChecked={set("byEmail")} />
						<Checkbox label="Text message" checked={values.bySms} onChecked={set("bySms")} />
						<Checkbox label="Phone" checked={values.byPhone} onChecked={set("byPhone")} />
					</div>
				</fieldset>
				<Field label="Notes" error={errors["notes"]} class="sm:col-span-2">
					{(control) => (
						<textarea
							{...control}
							rows={3}
							class="field"
							value={values.notes}
							onInput={(event) => set("notes")(event.currentTarget.value)}
						/>
					)}
				</Field>
			</form>
		</Dialog>
	);
}
