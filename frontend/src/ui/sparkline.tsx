const WIDTH = 96;
const HEIGHT = 24;

/** A line without axes. What it says stands beside it in words, too. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
	const most = Math.max(1, ...values);
	const step = WIDTH / Math.max(1, values.length - 1);
	const points = values.map(
		(value, at) => `${(at * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`,
	);
	return (
		<svg
			role="img"
			aria-label={label}
			width={WIDTH}
			height={HEIGHT}
			viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
			class="text-accent-ink"
		>
			<title>{label}</title>
			<polyline
				points={points.join(" ")}
				fill="none"
				stroke="currentColor"
				stroke-width="1.5"
				stroke-linejoin="round"
			/>
		</svg>
	);
}
