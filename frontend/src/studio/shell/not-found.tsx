import { ButtonLink, EmptyState } from "@/ui";

export function NotFound() {
	return (
		<EmptyState
			icon="search"
			title="There is no such page"
			actions={
				<ButtonLink href="/" look="primary">
					Go to the start page
				</ButtonLink>
			}
		>
			The address may be mistyped, or what was here has been removed.
		</EmptyState>
	);
}
