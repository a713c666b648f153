import { Link } from "wouter-preact";
import type { Import } from "@/api";
import { Button, Checkbox, Icon, plural, Time } from "@/ui";

type Before = NonNullable<Import["importedBefore"]>;
type Memory = NonNullable<Import["remembered"]>;

/** The same file was imported before: what became of it, and a conscious yes to do so again. */
export function ImportedBefore({
	before,
	again,
	onAgain,
}: {
	before: Before;
	again: boolean;
	onAgain: (again: boolean) => void;
}) {
	return (
		<section aria-label="Imported before" class="mb-6 flex items-start gap-3 rounded-md bg-active-soft px-4 py-3">
			<Icon name="alert" class="mt-0.5 text-active" />
			<div class="grid gap-1.5">
				<p>
					<span class="font-medium">This file was imported before</span>
					{before.by ? `, by ${before.by}` : ""}, <Time at={before.startedAt} />: {plural(before.created, "client")}{" "}
					created.{" "}
					<Link href={`/imports/${before.id}`} className="font-medium underline underline-offset-2">
						Open that import
					</Link>
				</p>
				<Checkbox label="Import it again" checked={again} onChecked={onAgain} />
			</div>
		</section>
	);
}

/** Columns are mapped as the last file with these headings was, and how to get our guesses instead. */
export function Remembered({ remembered, onReset }: { remembered: Memory; onReset: () => void }) {
	return (
		<div class="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md bg-accent-soft px-4 py-2.5">
			<p class="flex items-start gap-2">
				<Icon name="restore" class="mt-0.5 text-accent-ink" />
				<span>
					Mapped as last time{remembered.by ? `, by ${remembered.by}` : ""}, <Time at={remembered.at} />.
				</span>
			</p>
			<Button size="sm" onClick={onReset}>
				Use our guesses
			</Button>
		</div>
	);
}
