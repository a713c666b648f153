import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Live, reconnectDelay, subscribe } from "./events";

/** Stands where the browser's EventSource would, so that the test decides what the network does. */
class Wire extends EventTarget {
	onopen: (() => void) | null = null;
	onerror: (() => void) | null = null;
	closed = false;
	close() {
		this.closed = true;
	}
	say(data: unknown) {
		this.dispatchEvent(new MessageEvent("import", { data: JSON.stringify(data) }));
	}
}

let wires: Wire[];
let states: Live[];
let seen: unknown[];

function listen(isLast?: (data: { state: string }) => boolean) {
	return subscribe<{ state: string }>({
		url: "/events",
		event: "import",
		onData: (data) => seen.push(data),
		onState: (state) => states.push(state),
		isLast,
		open: () => {
			const wire = new Wire();
			wires.push(wire);
			return wire as unknown as EventSource;
		},
	});
}

beforeEach(() => {
	vi.useFakeTimers();
	wires = [];
	states = [];
	seen = [];
});
afterEach(() => vi.useRealTimers());

describe("a stream", () => {
	it("hands on what arrives", () => {
		const stop = listen();
		wires[0]?.onopen?.();
		wires[0]?.say({ state: "running" });
		expect(seen).toEqual([{ state: "running" }]);
		expect(states.at(-1)).toBe("live");
		stop();
		expect(wires[0]?.closed).toBe(true);
	});

	it("goes on after the last event that had an id", () => {
		const urls: string[] = [];
		const told: unknown[] = [];
		subscribe<{ state: string }>({
			url: "/events",
			event: "import",
			after: "40",
			onData: (data) => seen.push(data),
			others: { activity: (entry) => told.push(entry) },
			open: (url) => {
				urls.push(url);
				const wire = new Wire();
				wires.push(wire);
				return wire as unknown as EventSource;
			},
		});
		const tell = (wire: Wire | undefined, id: string) =>
			wire?.dispatchEvent(
				new MessageEvent("activity", { data: JSON.stringify({ number: Number(id) }), lastEventId: id }),
			);
		tell(wires[0], "41");
		tell(wires[0], "42");
		wires[0]?.onerror?.();
		vi.advanceTimersByTime(1_000);
		tell(wires[1], "43");
		expect(urls).toEqual(["/events?after=40", "/events?after=42"]);
		expect(told).toEqual([{ number: 41 }, { number: 42 }, { number: 43 }]);
	});

	it("opens anew after an error, and says after two that polling is needed", () => {
		listen();
		wires[0]?.onerror?.();
		expect(states.at(-1)).toBe("connecting");
		vi.advanceTimersByTime(1_000);
		expect(wires).toHaveLength(2);
		wires[1]?.onerror?.();
		expect(states.at(-1)).toBe("polling");
		vi.advanceTimersByTime(2_000);
		wires[2]?.onopen?.();
		expect(states.at(-1)).toBe("live");
	});

	it("stops for good after the last message", () => {
		listen((data) => data.state === "completed");
		wires[0]?.say({ state: "completed" });
		wires[0]?.onerror?.();
		vi.advanceTimersByTime(60_000);
		expect(wires).toHaveLength(1);
		expect(wires[0]?.closed).toBe(true);
	});

	it("does not come back after it was left while waiting", () => {
		const stop = listen();
		wires[0]?.onerror?.();
		stop();
		vi.advanceTimersByTime(60_000);
		expect(wires).toHaveLength(1);
	});
});

it("waits longer each time, up to a bound, never in step", () => {
	expect(reconnectDelay(1, () => 0)).toBe(500);
	expect(reconnectDelay(3, () => 0)).toBe(2_000);
	expect(reconnectDelay(50, () => 0)).toBe(15_000);
	expect(reconnectDelay(50, () => 1)).toBe(18_000);
});
