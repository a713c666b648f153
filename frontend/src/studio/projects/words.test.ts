import { expect, test } from "vitest";
import { eventWords, NEXT_DELIVERABLE_STATES, whereIs } from "./words";

test("a project is where its stage is, or tells why it has none", () => {
	expect(whereIs({ stage: "payment_pending", state: "completed" }).label).toBe("Payment pending");
	expect(whereIs({ stage: "setup", state: "draft" }).label).toBe("Draft");
	expect(whereIs({ stage: null, state: "cancelled" }).label).toBe("Cancelled");
});

test("an event of a newer release is told by its name", () => {
	expect(eventWords({ kind: "submission_approved" }).words).toBe("Work approved");
	expect(eventWords({ kind: "file_added" }).words).toBe("File added");
});

test("what is completed can only be taken up again", () => {
	expect(NEXT_DELIVERABLE_STATES.completed).toEqual(["in-progress"]);
	for (const [from, next] of Object.entries(NEXT_DELIVERABLE_STATES)) expect(next).not.toContain(from);
});
