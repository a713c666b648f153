import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Series {
	label: string;
	values: (number | null)[];
	/** A design token, such as `--accent-ink`. */
	color: string;
	/** Lines differ without colour, too. */
	dash?: number[];
	fill?: boolean;
}

interface ChartProps {
	title: string;
	/** What a glance would tell, in words. */
	summary: string;
	/** Seconds since 1970, one for each value. */
	times: number[];
	series: Series[];
	/** A value with its unit. */
	format: (value: number) => string;
}

const HEIGHT = 160;

const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** Lines over time, with a summary in words and the numbers as a table. */
export function Chart({ title, summary, times, series, format }: ChartProps) {
	const [numbers, setNumbers] = useState(false);
	return (
		<figure class="card grid min-w-0 grid-cols-1 content-start gap-2 p-4">
			<figcaption class="grid gap-1">
				<h3 class="font-medium">{title}</h3>
				<p class="text-ink-2">{summary}</p>
			</figcaption>
			<Lines title={title} times={times} series={series} format={format} />
			<ul class="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2" aria-hidden="true">
				{series.map((each) => (
					<li key={each.label} class="inline-flex items-center gap-1.5">
						<svg width="18" height="6" aria-hidden="true">
							<line
								x1="0"
								y1="3"
								x2="18"
								y2="3"
								stroke={`var(${each.color})`}
								stroke-width="2"
								stroke-dasharray={each.dash?.join(" ")}
							/>
						</svg>
						{each.label}
					</li>
				))}
			</ul>
			<details class="text-ink-2" onToggle={(event) => setNumbers((event.target as HTMLDetailsElement).open)}>
				<summary class="touch inline-flex min-h-6 items-center rounded-sm text-xs underline-offset-4 hover:underline">
					The numbers<span class="sr-only"> of {title}</span>
				</summary>
				{numbers && <Numbers title={title} times={times} series={series} format={format} />}
			</details>
		</figure>
	);
}

function Numbers({ title, times, series, format }: Omit<ChartProps, "summary">) {
	const told = times.map((at, place) => ({ at, place })).reverse();
	return (
		<section
			class="mt-2 max-h-60 overflow-auto rounded-sm border border-line"
			// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
			tabIndex={0}
			aria-label={`Numbers of ${title}`}
		>
			<table class="w-full text-left text-xs">
				<caption class="sr-only">{title}</caption>
				<thead class="sticky top-0 bg-sunken">
					<tr>
						<th scope="col" class="px-3 py-1.5 font-medium">
							From
						</th>
						{series.map((each) => (
							<th key={each.label} scope="col" class="px-3 py-1.5 text-right font-medium">
								{each.label}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{told.map(({ at, place }) => (
						<tr key={at} class="border-t border-line">
							<th scope="row" class="px-3 py-1 font-normal whitespace-nowrap">
								{clock.format(at * 1000)}
							</th>
							{series.map((each) => {
								const value = each.values[place];
								return (
									<td key={each.label} class="px-3 py-1 text-right whitespace-nowrap">
										{value == null ? "–" : format(value)}
									</td>
								);
							})}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

function Lines({ title, times, series, format }: Omit<ChartProps, "summary">) {
	const frame = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | null>(null);
	const latest = useRef({ times, series, format });
	latest.current = { times, series, format };
	const shape = series.map(({ label, color, dash, fill }) => [label, color, dash?.join(), fill].join()).join(";");

	useEffect(() => {
		const element = frame.current;
		if (!element) return;
		let gone = false;
		const draw = async () => {
			const { default: UPlot } = await import("uplot");
			if (gone) return;
			plot.current?.destroy();
			const { times, series } = latest.current;
			plot.current = new UPlot(options(element, latest), aligned(times, series), element);
		};
		draw();
		const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
		resized.observe(element);
		// The canvas knows no CSS variables: another theme is another drawing.
		const themed = new MutationObserver(draw);
		themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
		return () => {
			gone = true;
			resized.disconnect();
			themed.disconnect();
			plot.current?.destroy();
			plot.current = null;
		};
	}, [shape]);

	useEffect(() => {
		plot.current?.setData(aligned(times, series));
	}, [times, series]);

	return (
		<div
			ref={frame}
			role="img"
			aria-label={`Chart: ${title}`}
			class="min-w-0 overflow-hidden"
			style={{ height: `${HEIGHT}px` }}
		/>
	);
}

const HOUR = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "short", day: "numeric" });
const DAYS = 2 * 24 * 3600;

function moment(at: number, times: number[]): string {
	const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
	return (span > DAYS ? DAY : HOUR).format(at * 1000);
}

/** Places of values without a neighbour. */
export function alone(values: ArrayLike<number | null | undefined>): number[] {
	return Array.from(values, (value, at) =>
		value != null && values[at - 1] == null && values[at + 1] == null ? at : -1,
	).filter((at) => at >= 0);
}

function aligned(times: number[], series: Series[]): uPlot.AlignedData {
	return [times, ...series.map((each) => each.values)] as uPlot.AlignedData;
}

function options(
	element: HTMLElement,
	latest: { current: Pick<ChartProps, "times" | "series" | "format"> },
): uPlot.Options {
	const style = getComputedStyle(document.documentElement);
	const token = (name: string) => style.getPropertyValue(name).trim();
	const axis = { stroke: token("--ink-3"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false } };
	const font = `11px ${getComputedStyle(element).fontFamily}`;
	return {
		width: element.clientWidth,
		height: HEIGHT,
		padding: [8, 8, 0, 0],
		legend: { show: false },
		cursor: { show: false },
		scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
		axes: [
			{ ...axis, font, size: 24, values: (_plot, splits) => splits.map((at) => moment(at, latest.current.times)) },
			{
				...axis,
				font,
				size: 62,
				splits: (_plot, _axis, _min, max) => [0, max / 2.2, max / 1.1],
				values: (_plot, splits) => splits.map((value) => latest.current.format(value)),
			},
		],
		series: [
			{},
			...latest.current.series.map((each) => ({
				label: each.label,
				stroke: token(each.color),
				width: 1.5,
				// a line needs two points; one alone would not be seen
				points: { show: true, size: 4, filter: (plot: uPlot, place: number) => alone(plot.data[place] ?? []) },
				...(each.dash ? { dash: each.dash } : {}),
				...(each.fill ? { fill: `${token(each.color)}22` } : {}),
			})),
		],
	};
}
