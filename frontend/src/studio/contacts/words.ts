import type { Access } from "@/api";

/** What a contact may do in the portal. */
export const ACCESS: { value: Access; label: string; means: string }[] = [
	{ value: "full", label: "Full", means: "Looks, writes, decides and pays." },
	{ value: "review", label: "Review", means: "Looks, writes, decides on proposals and work." },
	{ value: "billing", label: "Billing", means: "Looks, writes and pays." },
	{ value: "view", label: "View", means: "Looks and writes." },
];

export function accessWords(access: Access) {
	return ACCESS.find((each) => each.value === access) ?? { value: access, label: access, means: "" };
}
