import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { Comment, NewComment } from "@/api/types";
import { Comments } from "./comments";

const comment = (number: number, change: Partial<Comment> = {}): Comment => ({
	id: `c${number}`,
	number,
	parentId: null,
	atMs: null,
	body: `Comment ${number}`,
	side: "client",
	by: "Ada",
	isMine: false,
	createdAt: new Date().toISOString(),
	state: "open",
	resolvedAt: null,
	resolvedBy: null,
	...change,
});

let root: HTMLElement;
const onAdd = vi.fn(async (_: NewComment) => {});
const onResolve = vi.fn(async () => {});
const onReopen = vi.fn(async () => {});
const onSeek = vi.fn();

beforeEach(() => {
	root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
	render(null, root);
	root.remove();
	vi.clearAllMocks();
	onAdd.mockImplementation(async () => {});
});

let drafts = 0;
async function show(comments: Comment[], more: object = {}) {
	drafts += 1;
	await act(() =>
		render(<Comments {...{ comments, onAdd, onResolve, onReopen, onSeek, ...more }} draft={`v${drafts}`} />, root),
	);
}

function button(name: string): HTMLButtonElement {
	const found = [...root.querySelectorAll("button")].find((one) => one.textContent?.trim() === name);
	if (!found) throw new Error(`no button "${name}" in ${root.textContent}`);
	return found;
}

async function write(text: string, index = 0) {
	const area = root.querySelectorAll("textarea")[index];
	if (!area) throw new Error("nowhere to write");
	await act(() => {
		area.value = text;
		area.dispatchEvent(new Event("input", { bubbles: true }));
	});
	await act(async () => {
		area.form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
	});
}

describe("comments", () => {
	test("lead to their time and are settled", async () => {
		await show([comment(1, { atMs: 61_000 }), comment(2, { parentId: "c1", by: "Nina", body: "On purpose" })]);
		expect(root.textContent).toContain("1 open");
		expect(root.textContent).toContain("On purpose");
		await act(() => button("Go to 1:01").click());
		expect(onSeek).toHaveBeenCalledWith(61_000);
		await act(async () => button("Resolve").click());
		expect(onResolve).toHaveBeenCalledWith("c1");
	});

	test("that are resolved are shown when asked for, and opened again", async () => {
		await show([
			comment(1, { state: "resolved", resolvedBy: "Nina", resolvedAt: new Date().toISOString() }),
			comment(2),
		]);
		expect(root.textContent).not.toContain("Comment 1");
		await act(() => button("Show resolved").click());
		expect(root.textContent).toContain("Resolved by Nina");
		await act(async () => button("Reopen").click());
		expect(onReopen).toHaveBeenCalledWith("c1");
	});

	test("carry the time of the player, unless that is not wanted", async () => {
		await show([], { now: () => 12_345.6 });
		await write("The bass comes in late");
		expect(onAdd).toHaveBeenLastCalledWith({ id: expect.any(String), body: "The bass comes in late", atMs: 12_346 });
		await act(() => root.querySelector<HTMLInputElement>("input[type=checkbox]")?.click());
		await write("On the whole");
		expect(onAdd).toHaveBeenLastCalledWith({ id: expect.any(String), body: "On the whole" });
	});

	test("are answered in their thread", async () => {
		await show([comment(1)]);
		await act(() => button("Answer Ada").click());
		await write("Turned down");
		expect(onAdd).toHaveBeenLastCalledWith({ id: expect.any(String), body: "Turned down", parentId: "c1" });
	});

	test("that failed to be sent keep their words and their id", async () => {
		onAdd.mockRejectedValueOnce(new Problem(0, { detail: "The server could not be reached." }));
		await show([]);
		await write("Too loud");
		expect(root.textContent).toContain("The server could not be reached.");
		expect(root.querySelector("textarea")?.value).toBe("Too loud");
		await act(async () => {
			root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
		});
		const ids = onAdd.mock.calls.map(([sent]) => sent.id);
		expect(ids[0]).toBe(ids[1]);
		await expect.poll(() => root.querySelector("textarea")?.value).toBe("");
		await write("And too fast");
		expect(onAdd.mock.calls[2]?.[0].id).not.toBe(ids[0]);
	});

	test("are only read where nobody writes", async () => {
		await show([comment(1)], { closed: "The project is cancelled." });
		expect(root.querySelector("textarea")).toBeNull();
		expect(root.textContent).toContain("The project is cancelled.");
		expect([...root.querySelectorAll("button")].map((one) => one.textContent)).toEqual([]);
	});
});
