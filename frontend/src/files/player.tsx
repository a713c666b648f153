import { timeAt } from "../talk/words";
import { Waveform } from "./waveform";
import { type FileVersion, shownAs } from "./words";

interface PlayerProps {
	name: string;
	version: FileVersion;
	/** Where the version is: its content, preview and thumbnail stand below. */
	at: string;
	/** Whether the original may be had here. */
	mayOriginal: boolean;
}

/** Plays sound and moving pictures, shows still ones. */
export function Player({ name, version, at, mayOriginal }: PlayerProps) {
	const shown = shownAs(version, mayOriginal);
	if (!shown) {
		return version.preview?.state === "waiting" ? <p class="text-ink-3">A preview is being made…</p> : null;
	}
	const { preview } = version;
	const src = shown.from === "preview" ? `${at}/preview` : `${at}/content?inline=true`;
	switch (shown.kind) {
		case "audio":
			return preview?.peaks && preview.durationMs !== null ? (
				<Waveform key={src} name={name} src={src} peaks={preview.peaks} durationMs={preview.durationMs} />
			) : (
				// biome-ignore lint/a11y/useMediaCaption: what people upload has no captions
				<audio controls preload="none" src={src} aria-label={name} class="w-full" />
			);
		case "video":
			return (
				<figure class="grid gap-1">
					{/* biome-ignore lint/a11y/useMediaCaption: what people upload has no captions */}
					<video
						controls
						preload="none"
						src={src}
						poster={preview?.hasThumbnail ? `${at}/thumbnail` : undefined}
						width={preview?.width ?? undefined}
						height={preview?.height ?? undefined}
						playsInline
						aria-label={name}
						class="h-auto max-h-96 w-full rounded-md bg-idle-soft"
					/>
					{preview?.durationMs != null && (
						<figcaption class="text-ink-3 tabular-nums">{timeAt(preview.durationMs)}</figcaption>
					)}
				</figure>
			);
		case "image":
			return (
				<img
					src={src}
					alt={name}
					loading="lazy"
					width={preview?.width ?? undefined}
					height={preview?.height ?? undefined}
					class="h-auto max-h-96 w-auto max-w-full rounded-md"
				/>
			);
	}
}
