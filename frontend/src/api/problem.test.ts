import { describe, expect, it } from "vitest";
import { asProblem, formProblem, Problem, problemFrom } from "./problem";

describe("problems", () => {
	it("keeps what the API said", () => {
		const problem = problemFrom(409, {
			code: "duplicate_email",
			detail: "Taken.",
			errors: [{ field: "email", code: "duplicate_email", message: "Another client has this address." }],
			requestId: "r1",
			existingId: "c1",
		});
		expect(problem).toMatchObject({ status: 409, code: "duplicate_email", message: "Taken.", existingId: "c1" });
	});

	it("has a sentence when a proxy answers with a page, or with nothing", () => {
		expect(problemFrom(502, "<html>bad gateway</html>").message).toBe("Something failed on our side.");
		expect(problemFrom(429, undefined).message).toContain("Too many tries");
		expect(problemFrom(413, '{"code":"too_large"}').code).toBe("too_large");
	});

	it("tells a cut connection from an answer", () => {
		expect(asProblem(new TypeError("failed to fetch"))).toMatchObject({ status: 0, code: "unreachable" });
		const answer = new Problem(404, {});
		expect(asProblem(answer)).toBe(answer);
	});
});

describe("a form's problem", () => {
	const refused = (errors: { field: string; message: string }[], detail = "Some fields need attention.") =>
		formProblem(problemFrom(422, { detail, errors: errors.map((error) => ({ code: "x", ...error })) }), [
			"name",
			"email",
			"budgetMinor",
		]);

	it("gives each field its first message", () => {
		expect(
			refused([
				{ field: "email", message: "No address." },
				{ field: "email", message: "Too long." },
			]),
		).toEqual({ fields: { email: "No address." }, general: null });
	});

	it("lets a nested name fall back to the field that is shown", () => {
		expect(refused([{ field: "budgetMinor.min", message: "Too low." }]).fields).toEqual({ budgetMinor: "Too low." });
	});

	it("loses no message that no field takes", () => {
		expect(refused([{ field: "genres[0]", message: "Too long." }])).toEqual({ fields: {}, general: "Too long." });
		expect(refused([], "This link is no longer valid.").general).toBe("This link is no longer valid.");
	});
});
