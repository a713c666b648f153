import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type FormProblem, formProblem, type Problem } from "@/api/problem";

export interface Form<T> {
	values: T;
	set: <K extends keyof T>(name: K) => (value: T[K]) => void;
	replace: (values: T) => void;
	errors: Record<string, string>;
	general: string | null;
	/** The last refusal, for what only one form knows (a stale version, a taken address). */
	problem: Problem | null;
	busy: boolean;
	ref: RefObject<HTMLFormElement>;
	submit: (event?: Event) => void;
}

interface Options<T> {
	initial: T;
	/** Fields that can show a message; others' messages go above the form. */
	fields: readonly (keyof T & string)[];
	check?: (values: T) => Partial<Record<keyof T & string, string>>;
	save: (values: T) => Promise<void>;
}

/** Keeps what was typed, maps refusals to fields, and puts the focus on the first wrong one. */
export function useForm<T extends object>({ initial, fields, check, save }: Options<T>): Form<T> {
	const [values, setValues] = useState(initial);
	const [refusal, setRefusal] = useState<FormProblem>({ fields: {}, general: null });
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const ref = useRef<HTMLFormElement>(null);
	const alive = useRef(true);

	useEffect(() => {
		alive.current = true;
		return () => {
			alive.current = false;
		};
	}, []);

	useEffect(() => {
		if (Object.keys(refusal.fields).length > 0) {
			ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
		}
	}, [refusal]);

	const submit = async (event?: Event) => {
		event?.preventDefault();
		if (busy) return;
		setProblem(null);
		const wrong = check?.(values) ?? {};
		if (Object.keys(wrong).length > 0) {
			setRefusal({ fields: wrong as Record<string, string>, general: null });
			return;
		}
		setRefusal({ fields: {}, general: null });
		setBusy(true);
		try {
			await save(values);
		} catch (error) {
			if (!alive.current) return;
			const refused = asProblem(error);
			setProblem(refused);
			setRefusal(formProblem(refused, fields));
		} finally {
			if (alive.current) setBusy(false);
		}
	};

	return {
		values,
		set: (name) => (value) => {
			setValues((current) => ({ ...current, [name]: value }));
			setRefusal((current) => {
				if (!(name in current.fields)) return current;
				const { [name as string]: _, ...others } = current.fields;
				return { ...current, fields: others };
			});
		},
		replace: (next) => {
			setValues(next);
			setRefusal({ fields: {}, general: null });
			setProblem(null);
		},
		errors: refusal.fields,
		general: refusal.general,
		problem,
		busy,
		ref,
		submit,
	};
}
