import type { Role } from "@/api";
import type { Option } from "@/ui";

export const ROLES: Option[] = [
	{ value: "owner", label: "Owner" },
	{ value: "manager", label: "Manager" },
	{ value: "member", label: "Member" },
];

export const ROLE_HINT =
	"Owners do everything. Managers invite people and rename the workspace. Members work with clients and imports.";

/** "an owner", "a member" */
export function roleWithArticle(role: Role): string {
	return role === "owner" ? `an ${role}` : `a ${role}`;
}

export function roleLabel(role: Role): string {
	return ROLES.find((each) => each.value === role)?.label ?? role;
}
