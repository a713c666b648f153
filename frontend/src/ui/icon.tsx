const PATHS = {
	alert: "M12 3.5 21.5 20h-19L12 3.5ZM12 10v4.5M12 17.3v.2",
	archive: "M3 5h18v4H3zM5 9v10h14V9M10 13h4",
	arrowLeft: "M19 12H5M11 6l-6 6 6 6",
	arrowRight: "M5 12h14M13 6l6 6-6 6",
	ban: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM5.7 5.7l12.6 12.6",
	check: "m5 12.5 4.5 4.5L19 7.5",
	checkCircle: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 12.2l2.8 2.8L16 9.5",
	chevronDown: "m6 9 6 6 6-6",
	chevronRight: "m9 6 6 6-6 6",
	clients:
		"M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8",
	clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.5V12l3 2",
	companies: "M4 21V4h9v17M13 9h7v12M2.5 21h19M7.5 8h2M7.5 12h2M7.5 16h2M16.2 13h.8M16.2 17h.8",
	console: "M3 4.5h18v15H3zM7 9.5l3 2.5-3 2.5M12.5 15H17",
	copy: "M9 9h11v11H9zM5 15H4V4h11v1",
	dot: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
	filter: "M4 6h16M7 12h10M10 18h4",
	download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15",
	file: "M6 3h8l5 5v13H6zM14 3v5h5",
	grip: "M9 6.5h.2M15 6.5h.2M9 12h.2M15 12h.2M9 17.5h.2M15 17.5h.2",
	help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.4 9.4a2.6 2.6 0 1 1 4 2.2c-.9.5-1.4 1.1-1.4 2.1M12 16.9v.2",
	imports: "M12 15V4M7.5 8.5 12 4l4.5 4.5M4 15v5h16v-5",
	keyboard: "M2.5 6h19v12h-19zM6.5 10h.2M10 10h.2M14 10h.2M17.3 10h.2M8 14h8",
	logOut: "M10 4H4.5v16H10M9.5 12H20M16 8l4 4-4 4",
	mail: "M3 5.5h18v13H3zM3.5 6.5 12 13l8.5-6.5",
	menu: "M4 7h16M4 12h16M4 17h16",
	monitor: "M3 4.5h18v12H3zM8.5 20h7M12 16.5V20",
	moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
	more: "M5.5 12h.2M12 12h.2M18.4 12h.2",
	pause: "M8.5 5v14M15.5 5v14",
	pencil: "M4 20h4L19.5 8.5l-4-4L4 16v4ZM13.5 6.5l4 4",
	play: "M7 4.5v15l12-7.5-12-7.5Z",
	plus: "M12 5v14M5 12h14",
	projects: "M3.5 6h6l2 2.5h9V19h-17zM3.5 11.5h17",
	queue: "M4 6h16M4 12h16M4 18h10",
	refresh: "M20 11a8 8 0 0 0-14.3-4L3.5 9.5M3.5 4v5.5H9M4 13a8 8 0 0 0 14.3 4l2.2-2.5M20.5 20v-5.5H15",
	proposal: "M6 3h8l5 5v13H6zM14 3v5h5M9 12.5h7M9 16.5h4",
	restore: "M3.5 4v5.5H9M3.9 9.2A8.5 8.5 0 1 1 3.5 13",
	search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.5 4.5",
	send: "M3.5 11.5 20.5 4l-6 16.5-3.5-6.5-7.5-2.5ZM11 14l3.5-4",
	settings:
		"M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4ZM9 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z",
	sort: "M8 10l4-4 4 4M8 14l4 4 4-4",
	sortDown: "m8 10 4 4 4-4",
	sortUp: "m8 14 4-4 4 4",
	spinner: "M12 3a9 9 0 1 1-9 9",
	sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
	swap: "M7 4 3.5 7.5 7 11M3.5 7.5H17M17 13l3.5 3.5L17 20M20.5 16.5H7",
	trash: "M4 6.5h16M9 6.5V4h6v2.5M6 6.5 7 20h10l1-13.5M10 10.5v6M14 10.5v6",
	wifiOff:
		"M3 3l18 18M5 12.5a10 10 0 0 1 4.5-2.6M14 9.8a10 10 0 0 1 5 2.7M8.5 16a5 5 0 0 1 7 0M12 19.3v.2M1.5 9a15 15 0 0 1 4.3-2.7M10.5 5a15 15 0 0 1 12 4",
	x: "M6 6l12 12M18 6 6 18",
} as const;

export type IconName = keyof typeof PATHS;

/** A stroke icon. Always beside a word or inside a control that has a name, so it is hidden from readers. */
export function Icon({ name, size = 16, class: className = "" }: { name: IconName; size?: number; class?: string }) {
	const heavy = name === "more" || name === "keyboard" || name === "alert";
	return (
		<svg
			aria-hidden="true"
			width={size}
			height={size}
			viewBox="0 0 24 24"
			fill="none"
			stroke="currentColor"
			stroke-width={name === "more" || name === "grip" ? 3 : heavy ? 1.9 : 1.75}
			stroke-linecap="round"
			stroke-linejoin="round"
			class={`shrink-0 ${className}`}
		>
			<path d={PATHS[name]} />
		</svg>
	);
}

export function Mark({ size = 24 }: { size?: number }) {
	return (
		<svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32" class="shrink-0">
			<rect width="32" height="32" rx="8" fill="var(--accent)" />
			<path d="M10 8v16h13" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" />
			<path d="M15 12h8M15 18h8" stroke="#fff" stroke-opacity=".65" stroke-width="2.4" stroke-linecap="round" />
		</svg>
	);
}
