import { expect, test } from "vitest";
import { drawn } from "./waveform";

test("each value is a bar around the middle, silence a line", () => {
	expect(drawn([])).toBe("");
	expect(drawn([0, 255])).toBe("M0.15 23.5h.7v1h-.7zM1.15 0h.7v48h-.7z");
});
