import { useRef, useState } from "preact/hooks";
import { timeAt } from "../talk/words";
import { Icon } from "../ui/icon";

interface WaveformProps {
	name: string;
	src: string;
	/** From 0 to 255, evenly over the time. */
	peaks: number[];
	durationMs: number;
}

const HEIGHT = 48;

/** Plays a recording, draws how loud it is over its time, and goes where one points. Nothing is fetched before it plays. */
export function Waveform({ name, src, peaks, durationMs }: WaveformProps) {
	const audio = useRef<HTMLAudioElement>(null);
	const [seconds, setSeconds] = useState(0);
	const [playing, setPlaying] = useState(false);
	const [failed, setFailed] = useState(false);
	const duration = durationMs / 1000;
	const follow = () => setSeconds(audio.current?.currentTime ?? 0);
	const toggle = async () => {
		const player = audio.current;
		if (!player) return;
		if (!player.paused) return player.pause();
		setFailed(false);
		// whoever stops it before it has begun to play means that
		await player.play().catch((error: Error) => setFailed(error.name !== "AbortError"));
	};
	const seek = (to: number) => {
		if (audio.current) audio.current.currentTime = to;
		setSeconds(to);
	};
	const bars = drawn(peaks);
	const played = duration > 0 ? (Math.min(seconds, duration) / duration) * peaks.length : 0;
	return (
		<div class="grid grid-cols-[auto_1fr] items-center gap-x-3 gap-y-1">
			{/* biome-ignore lint/a11y/useMediaCaption: what people upload has no captions */}
			<audio
				ref={audio}
				src={src}
				preload="none"
				onPlay={() => setPlaying(true)}
				onPause={() => setPlaying(false)}
				onEnded={() => setPlaying(false)}
				onTimeUpdate={follow}
				onSeeking={follow}
				onError={() => setFailed(true)}
			/>
			<button
				type="button"
				aria-label={playing ? `Pause ${name}` : `Play ${name}`}
				class="grid size-11 place-items-center rounded-full bg-accent text-on-accent transition-colors duration-100 hover:bg-accent-strong"
				onClick={toggle}
			>
				<Icon name={playing ? "pause" : "play"} size={20} />
			</button>
			<div class="relative h-12 rounded-md focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
				<svg
					class="absolute inset-0 size-full"
					viewBox={`0 0 ${peaks.length} ${HEIGHT}`}
					preserveAspectRatio="none"
					aria-hidden="true"
				>
					<path d={bars} class="fill-ink-3 opacity-40" />
					<svg width={played} height={HEIGHT} overflow="hidden" aria-hidden="true">
						<path d={bars} class="fill-accent" />
					</svg>
				</svg>
				<input
					type="range"
					class="absolute inset-0 m-0 size-full cursor-pointer opacity-0"
					aria-label={`Position in ${name}`}
					aria-valuetext={`${timeAt(seconds * 1000)} of ${timeAt(durationMs)}`}
					min={0}
					max={duration}
					step={0.1}
					value={seconds}
					onInput={(event) => seek(event.currentTarget.valueAsNumber)}
				/>
			</div>
			<p class="col-start-2 flex justify-between text-xs text-ink-3 tabular-nums" aria-hidden="true">
				<span>{timeAt(seconds * 1000)}</span>
				<span>{timeAt(durationMs)}</span>
			</p>
			{failed && (
				<p role="alert" class="col-span-2 text-bad">
					It cannot be played right now. Try again in a moment.
				</p>
			)}
		</div>
	);
}

/** One bar for each value, from the middle up and down; silence stays a line. */
export function drawn(peaks: number[]): string {
	return peaks
		.map((peak, index) => {
			const half = Math.max(0.5, (peak / 255) * (HEIGHT / 2));
			return `M${index + 0.15} ${round(HEIGHT / 2 - half)}h.7v${round(half * 2)}h-.7z`;
		})
		.join("");
}

const round = (number: number) => Math.round(number * 10) / 10;
