import { StatusBadge } from "../ui/status";
import { type FileVersion, type ProjectFile, saidApproval, saidState } from "./words";

/** How far a version is, and what the client says of the file; nothing when neither needs a word. */
export function Badges({
	file,
	version,
	class: className = "",
}: {
	file: ProjectFile;
	version: FileVersion;
	class?: string;
}) {
	const said = [saidState(version), saidApproval(file)].filter((each) => each !== null);
	if (said.length === 0) return null;
	return (
		<p class={`flex flex-wrap gap-2 ${className}`}>
			{said.map(({ word, tone, icon }) => (
				<StatusBadge key={word} tone={tone} {...(icon ? { icon } : {})}>
					{word}
				</StatusBadge>
			))}
		</p>
	);
}
