import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Icon } from "./icon";

interface ControlProps {
	id: string;
	"aria-describedby"?: string;
	"aria-invalid"?: "true";
}

interface FieldProps {
	label: string;
	hint?: string;
	error?: ComponentChildren;
	optional?: boolean;
	class?: string;
	children: (control: ControlProps) => ComponentChildren;
}

/** A label, its control, a hint and an error, tied together for screen readers. */
export function Field({ label, hint, error, optional, class: className = "", children }: FieldProps) {
	const id = useId();
	const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
	return (
		<div class={`grid content-start gap-1.5 ${className}`}>
			<label for={id} class="font-medium">
				{label}
				{optional && <span class="font-normal text-ink-3"> (optional)</span>}
			</label>
			{children({
				id,
				...(described ? { "aria-describedby": described } : {}),
				...(error ? { "aria-invalid": "true" as const } : {}),
			})}
			{hint && (
				<p id={`${id}-hint`} class="text-xs text-ink-3">
					{hint}
				</p>
			)}
			{error && (
				<p id={`${id}-error`} class="flex items-start gap-1.5 text-bad">
					<Icon name="alert" class="mt-0.5" />
					<span>{error}</span>
				</p>
			)}
		</div>
	);
}

type TextFieldProps = Omit<FieldProps, "children"> &
	Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "label" | "class" | "onInput"> & {
		value: string;
		onValue: (value: string) => void;
	};

export function TextField({
	label,
	hint,
	error,
	optional,
	class: className,
	value,
	onValue,
	...input
}: TextFieldProps) {
	return (
		<Field label={label} hint={hint} error={error} optional={optional} class={className}>
			{(control) => (
				<input
					{...control}
					{...input}
					class="field"
					value={value}
					onInput={(event) => onValue(event.currentTarget.value)}
				/>
			)}
		</Field>
	);
}

export function PasswordField(props: Omit<TextFieldProps, "type">) {
	const { label, hint, error, class: className, value, onValue, ...input } = props;
	const [shown, setShown] = useState(false);
	return (
		<Field label={label} hint={hint} error={error} class={className}>
			{(control) => (
				<div class="relative">
					<input
						{...control}
						{...input}
						type={shown ? "text" : "password"}
						class="field pr-16"
						value={value}
						onInput={(event) => onValue(event.currentTarget.value)}
					/>
					<button
						type="button"
						aria-label={shown ? "Hide password" : "Show password"}
						class="absolute inset-y-1 right-1 min-w-12 rounded-sm px-2 text-xs font-medium text-ink-2 hover:bg-hover"
						onClick={() => setShown(!shown)}
					>
						{shown ? "Hide" : "Show"}
					</button>
				</div>
			)}
		</Field>
	);
}

export interface Option {
	value: string;
	label: string;
}

interface SelectProps {
	value: string;
	onValue: (value: string) => void;
	options: readonly Option[];
	disabled?: boolean;
	class?: string;
}

export function Select({
	value,
	onValue,
	options,
	class: className = "",
	...rest
}: SelectProps & Partial<ControlProps> & { "aria-label"?: string }) {
	return (
		<select
			{...rest}
			class={`field select ${className}`}
			value={value}
			onChange={(event) => onValue(event.currentTarget.value)}
		>
			{options.map((option) => (
				<option key={option.value} value={option.value} selected={option.value === value}>
					{option.label}
				</option>
			))}
		</select>
	);
}

export function SelectField({
	label,
	hint,
	error,
	optional,
	class: className,
	...select
}: Omit<FieldProps, "children"> & SelectProps) {
	return (
		<Field label={label} hint={hint} error={error} optional={optional} class={className}>
			{(control) => <Select {...control} {...select} />}
		</Field>
	);
}

export function Checkbox({
	label,
	checked,
	onChecked,
	disabled = false,
}: {
	label: string;
	checked: boolean;
	onChecked: (checked: boolean) => void;
	disabled?: boolean;
}) {
	return (
		<label class="touch inline-flex min-h-8 items-center gap-2">
			<input
				type="checkbox"
				class="size-4 accent-(--accent)"
				checked={checked}
				disabled={disabled}
				onChange={(event) => onChecked(event.currentTarget.checked)}
			/>
			{label}
		</label>
	);
}

/** What a form's answer says as a whole, read out when it appears. */
export function FormError({ children }: { children: ComponentChildren }) {
	return (
		<div role="alert" class="flex items-start gap-2 rounded-md bg-bad-soft px-3 py-2.5 text-bad">
			<Icon name="alert" class="mt-0.5" />
			<div>{children}</div>
		</div>
	);
}
