import type { Project } from "@/api";
import { StatusBadge } from "@/ui";
import { whereIs } from "./words";

/** Where a project is, by icon, word and colour. */
export function Where({ project }: { project: Pick<Project, "stage" | "state"> }) {
	const { label, tone, icon } = whereIs(project);
	return (
		<StatusBadge tone={tone} {...(icon ? { icon } : {})}>
			{label}
		</StatusBadge>
	);
}
