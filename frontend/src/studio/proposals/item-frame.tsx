import type { ComponentChildren } from "preact";
import { Button, IconButton } from "@/ui";

interface ItemsProps {
	title: string;
	lead: string;
	add: string;
	onAdd: () => void;
	children: ComponentChildren;
}

/** A list of a plan, with a way to add to it. */
export function Items({ title, lead, add, onAdd, children }: ItemsProps) {
	return (
		<section class="card p-5">
			<h2 class="font-semibold">{title}</h2>
			<p class="mb-3 text-ink-2">{lead}</p>
			<ol class="grid grid-cols-1 gap-3">{children}</ol>
			<Button class="mt-3" size="sm" icon="plus" onClick={onAdd}>
				{add}
			</Button>
		</section>
	);
}

interface ItemProps {
	/** Names it for screen readers. */
	name: string;
	index: number;
	count: number;
	onMove: (by: -1 | 1) => void;
	onRemove: () => void;
	children: ComponentChildren;
}

/** One item: its fields, and buttons that move and remove it. */
export function Item({ name, index, count, onMove, onRemove, children }: ItemProps) {
	return (
		<li class="rounded-md border border-line bg-sunken p-3">
			<fieldset class="grid grid-cols-1 items-start gap-3 sm:grid-cols-6">
				<legend class="sr-only">{name}</legend>
				{children}
				<div class="flex justify-end gap-1 sm:col-span-6">
					{index > 0 && <IconButton label={`Move ${name} up`} icon="sortUp" onClick={() => onMove(-1)} />}
					{index < count - 1 && <IconButton label={`Move ${name} down`} icon="sortDown" onClick={() => onMove(1)} />}
					<IconButton label={`Remove ${name}`} icon="trash" onClick={onRemove} />
				</div>
			</fieldset>
		</li>
	);
}
