/** A day that has no time, so that it is the same day wherever it is read. */
export function Day({ day }: { day: string }) {
	const text = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" }).format(
		new Date(`${day}T00:00:00Z`),
	);
	return (
		<time dateTime={day} class="whitespace-nowrap">
			{text}
		</time>
	);
}
