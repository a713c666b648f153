import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "../ui/button";
import { formatBytes } from "../ui/format";
import { Icon } from "../ui/icon";
import type { Upload } from "./uploads";

interface DropZoneProps {
	label: string;
	hint: string;
	onFiles: (files: File[]) => void;
	children?: ComponentChildren;
}

/** Takes files that are dropped, chosen, or photographed. */
export function DropZone({ label, hint, onFiles, children }: DropZoneProps) {
	const input = useRef<HTMLInputElement>(null);
	const camera = useRef<HTMLInputElement>(null);
	const hintId = useId();
	const [over, setOver] = useState(false);
	const take = (field: HTMLInputElement) => {
		onFiles([...(field.files ?? [])]);
		// the same file may be chosen again
		field.value = "";
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button is everybody's
		<div
			class={`grid justify-items-center gap-3 rounded-md border-2 border-dashed px-4 py-6 text-center ${over ? "border-accent bg-accent-soft" : "border-line"}`}
			onDragOver={(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(event) => {
				event.preventDefault();
				setOver(false);
				onFiles([...(event.dataTransfer?.files ?? [])]);
			}}
		>
			<p id={hintId} class="text-ink-2">
				{hint}
			</p>
			<div class="flex flex-wrap justify-center gap-3">
				<Button icon="plus" aria-describedby={hintId} onClick={() => input.current?.click()}>
					{label}
				</Button>
				<span class="hidden pointer-coarse:inline-flex">
					<Button onClick={() => camera.current?.click()}>Take a photo</Button>
				</span>
			</div>
			<input
				ref={input}
				type="file"
				multiple
				class="sr-only"
				tabIndex={-1}
				aria-label={label}
				onChange={(event) => take(event.currentTarget)}
			/>
			<input
				ref={camera}
				type="file"
				accept="image/*"
				capture="environment"
				class="sr-only"
				tabIndex={-1}
				aria-label="Take a photo"
				onChange={(event) => take(event.currentTarget)}
			/>
			{children}
		</div>
	);
}

interface UploadListProps {
	uploads: Upload[];
	onPause: (id: number) => void;
	onResume: (id: number) => void;
	onCancel: (id: number) => void;
}

/** What is on its way. */
export function UploadList({ uploads, onPause, onResume, onCancel }: UploadListProps) {
	return (
		<ul class="mt-3 grid gap-3 empty:hidden" aria-label="Uploads">
			{uploads.map(({ id, name, size, sent, state, error }) => (
				<li key={id} class="grid gap-1">
					<div class="flex items-center gap-2">
						<span class="min-w-0 grow truncate font-medium">{name}</span>
						<span class="shrink-0 text-ink-3">
							{formatBytes(sent)} of {formatBytes(size)}
						</span>
						{state === "sending" && <IconButton icon="pause" label={`Pause ${name}`} onClick={() => onPause(id)} />}
						{(state === "paused" || state === "failed") && (
							<IconButton icon="play" label={`Go on with ${name}`} onClick={() => onResume(id)} />
						)}
						<IconButton icon="x" label={`Give up ${name}`} onClick={() => onCancel(id)} />
					</div>
					<div
						role="progressbar"
						aria-label={name}
						aria-valuemin={0}
						aria-valuemax={100}
						aria-valuenow={size > 0 ? Math.round((sent / size) * 100) : 100}
						class="h-1.5 overflow-hidden rounded-full bg-idle-soft"
					>
						<div class="h-full rounded-full bg-accent" style={{ width: `${size > 0 ? (sent / size) * 100 : 100}%` }} />
					</div>
					{error && (
						<p role="alert" class="flex items-center gap-2 text-bad">
							<Icon name="alert" />
							{error}
						</p>
					)}
				</li>
			))}
		</ul>
	);
}
