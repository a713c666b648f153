import type { Client, Merge, MergeField } from "@/api";
import { formatMoney } from "@/ui";

export const REASONS: Record<string, string> = {
	email: "Same email address",
	phone: "Same phone number",
	name: "Same name and company",
	person: "Somebody says so",
};

export const FIELD_LABELS: Record<MergeField, string> = {
	name: "Name",
	email: "Email",
	company: "Company",
	phone: "Phone",
	timezone: "Time zone",
	genres: "Genres",
	budget: "Budget",
	communication: "Likes to hear by",
	satisfaction: "Satisfaction",
	referralSource: "Came through",
	notes: "Notes",
};

/** What a client has in a field, in words; empty for nothing. */
export function fieldText(client: Client, field: MergeField): string {
	switch (field) {
		case "genres":
			return client.genres.join(", ");
		case "budget": {
			const { budgetMinor: budget, budgetCurrency: currency } = client;
			if (!budget || !currency) return "";
			const [min, max] = [formatMoney(budget.min, currency), formatMoney(budget.max, currency)];
			return min === max ? min : `${min} to ${max}`;
		}
		case "communication": {
			const { email, sms, phone } = client.communication;
			return [email && "email", sms && "text message", phone && "phone"].filter(Boolean).join(", ");
		}
		case "satisfaction":
			return client.satisfaction ? `${client.satisfaction} of 5` : "";
		default:
			return client[field] ?? "";
	}
}

/** The other client with the address of the file that it could not have here. */
export function withAddress(merge: Merge): Client {
	return { ...merge.other, email: merge.other.email ?? merge.email };
}

/** Whose value is chosen at first: that of the one who is kept, unless it is empty. */
export function firstChoice(merge: Merge, keep: string): Partial<Record<MergeField, string>> {
	const sides = [merge.client, withAddress(merge)];
	const kept = sides.find((client) => client.id === keep) ?? merge.client;
	const other = sides.find((client) => client !== kept) ?? withAddress(merge);
	return Object.fromEntries(
		merge.differing.map((field) => [
			field,
			fieldText(kept, field) === "" && fieldText(other, field) !== "" ? other.id : kept.id,
		]),
	);
}
