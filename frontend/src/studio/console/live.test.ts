import { expect, test } from "vitest";
import type { Queue } from "@/api";
import { newer } from "./live";

const queue = (name: string, readAt: string, paused = false) => ({ name, readAt, paused }) as Queue;

test("what was read before an act does not undo what is shown of it", () => {
	const shown = { queues: [queue("mail", "2026-05-01T10:00:01.5Z", true), queue("imports", "2026-05-01T10:00:00Z")] };
	const late = {
		queues: [queue("mail", "2026-05-01T10:00:01.25Z"), queue("imports", "2026-05-01T10:00:01.25Z", true)],
	};
	expect(newer(shown, late).queues.map((each) => each.paused)).toEqual([true, true]);
	const next = { queues: [queue("mail", "2026-05-01T10:00:02Z"), queue("attic", "2026-05-01T10:00:02Z")] };
	expect(newer(shown, next)).toEqual(next);
	expect(newer(undefined, next)).toEqual(next);
});
