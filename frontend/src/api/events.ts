export type Live = "connecting" | "live" | "polling";

export interface Subscription<T> {
	url: string;
	event: string;
	onData: (data: T) => void;
	/** Other events of the stream, by name. */
	others?: Record<string, (data: unknown) => void>;
	/** `polling` asks the caller to fetch on a timer until the stream is back. */
	onState?: (state: Live) => void;
	/** Tells that the stream has said its last word, so that nobody reconnects. */
	isLast?: (data: T) => boolean;
	/** The id of the last event that is known already, of a stream whose events have one. */
	after?: string;
	/** For tests. */
	open?: (url: string) => EventSource;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const FAILURES_UNTIL_POLLING = 2;

/** Doubles up to a bound, with up to a fifth of jitter so that browsers do not return in step. */
export function reconnectDelay(failures: number, random: () => number = Math.random): number {
	const base = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
	return Math.round(base * (1 + random() * 0.2));
}

/**
 * Listens to a stream. EventSource reconnects by itself after a cut, but gives up for good after an error
 * answer (a deploy's 502), so this opens a new one. A whole state needs no replay; events that have an id
 * do, so the next connection says after which one it goes on.
 */
export function subscribe<T>(options: Subscription<T>): () => void {
	const open = options.open ?? ((url: string) => new EventSource(url));
	let source: EventSource | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let failures = 0;
	let closed = false;
	let lastId = options.after ?? "";

	const stop = () => {
		closed = true;
		clearTimeout(timer);
		source?.close();
		source = null;
	};

	const connect = () => {
		if (closed) return;
		const current = open(lastId ? `${options.url}?after=${encodeURIComponent(lastId)}` : options.url);
		source = current;
		current.addEventListener(options.event, (message) => {
			if (closed) return;
			failures = 0;
			options.onState?.("live");
			const data = JSON.parse((message as MessageEvent<string>).data) as T;
			options.onData(data);
			if (options.isLast?.(data)) stop();
		});
		for (const [name, onData] of Object.entries(options.others ?? {})) {
			current.addEventListener(name, (message) => {
				if (closed) return;
				const { data, lastEventId } = message as MessageEvent<string>;
				lastId = lastEventId || lastId;
				onData(JSON.parse(data));
			});
		}
		current.onopen = () => {
			failures = 0;
			if (!closed) options.onState?.("live");
		};
		current.onerror = () => {
			if (closed || source !== current) return;
			failures += 1;
			current.close();
			source = null;
			options.onState?.(failures >= FAILURES_UNTIL_POLLING ? "polling" : "connecting");
			timer = setTimeout(connect, reconnectDelay(failures));
		};
	};

	options.onState?.("connecting");
	connect();
	return stop;
}
