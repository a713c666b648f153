/** Keys belong to a field or a dialog before they belong to the page. */
export function isTyping(event: KeyboardEvent): boolean {
	const target = event.target as HTMLElement;
	return (
		event.metaKey ||
		event.ctrlKey ||
		event.altKey ||
		target.closest("input, select, textarea, dialog, [role=menu]") !== null
	);
}
