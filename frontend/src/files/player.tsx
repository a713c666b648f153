import { type FileVersion, shownAs } from "./words";

interface PlayerProps {
	name: string;
	version: FileVersion;
	/** Where its bytes are. */
	src: string;
}

/** Plays sound and moving pictures, shows still ones. */
export function Player({ name, version, src }: PlayerProps) {
	switch (shownAs(version)) {
		case "audio":
			// biome-ignore lint/a11y/useMediaCaption: what people upload has no captions
			return <audio controls preload="none" src={src} aria-label={name} class="w-full" />;
		case "video":
			return (
				// biome-ignore lint/a11y/useMediaCaption: what people upload has no captions
				<video controls preload="none" src={src} aria-label={name} class="max-h-96 w-full rounded-md bg-idle-soft" />
			);
		case "image":
			return <img src={src} alt={name} loading="lazy" class="max-h-96 max-w-full rounded-md" />;
		default:
			return null;
	}
}
