import type { FieldError, ProblemBody } from "./types";

/** What the API answered instead of success, or why no answer came (codes `unreachable` and `timeout`). */
export class Problem extends Error {
	readonly status: number;
	readonly code: string;
	readonly errors: FieldError[];
	readonly requestId: string | null;
	readonly existingId: string | null;

	/** A proxy in between may answer without any of it. */
	constructor(status: number, body: Partial<ProblemBody>) {
		super(body.detail || body.title || sentenceFor(status));
		this.name = "Problem";
		this.status = status;
		this.code = body.code ?? `http_${status}`;
		this.errors = body.errors ?? [];
		this.requestId = body.requestId ?? null;
		this.existingId = body.existingId ?? null;
	}
}

export function sentenceFor(status: number): string {
	if (status === 0) return "The server did not answer.";
	if (status === 403) return "You may not do this.";
	if (status === 404) return "This does not exist, or you may not see it.";
	if (status === 413) return "This file is too large.";
	if (status === 429) return "Too many tries. Wait a minute, then try again.";
	if (status >= 500) return "Something failed on our side.";
	return "The server refused this request.";
}

/** Reads whatever an answer's body held: problem+json, nothing, or a proxy's HTML page. */
export function problemFrom(status: number, body: unknown): Problem {
	if (typeof body === "string") {
		try {
			return problemFrom(status, JSON.parse(body));
		} catch {
			return new Problem(status, {});
		}
	}
	return new Problem(status, body && typeof body === "object" ? (body as Partial<ProblemBody>) : {});
}

export function asProblem(error: unknown): Problem {
	if (error instanceof Problem) return error;
	return new Problem(0, { code: "unreachable", detail: "The server could not be reached." });
}

export interface FormProblem {
	/** One message per field the form shows. */
	fields: Record<string, string>;
	/** What no shown field can carry. */
	general: string | null;
}

/**
 * Sorts a problem's messages to a form's fields. A nested name (`budgetMinor.min`) falls back to its
 * first part, and what no field takes is said above the form, so that no message is lost.
 */
export function formProblem(problem: Problem, known: readonly string[]): FormProblem {
	const fields: Record<string, string> = {};
	const rest: string[] = [];
	for (const { field, message } of problem.errors) {
		const target = [field, field.split(/[.[]/)[0] ?? ""].find((name) => known.includes(name));
		if (target === undefined) rest.push(message);
		else fields[target] ??= message;
	}
	if (problem.errors.length === 0) rest.push(problem.message);
	return { fields, general: rest.length > 0 ? rest.join(" ") : null };
}
