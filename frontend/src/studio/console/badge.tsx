import { Icon } from "@/ui";
import { useLive } from "./live";

/** Whether what is shown changes by itself. */
export function LiveBadge() {
	const live = useLive();
	if (live === "live") {
		return (
			<span class="inline-flex items-center gap-1.5 text-xs text-ink-2">
				<Icon name="dot" size={14} class="text-done" />
				Live
			</span>
		);
	}
	return (
		<span class="inline-flex items-center gap-1.5 text-xs text-ink-2">
			<Icon name="refresh" size={14} class="text-active" />
			{live === "polling" ? "Refreshing every few seconds" : "Connecting"}
		</span>
	);
}
