/** Uploads by tus: several at a time, taken up again after a broken line, and after a reload when the file is chosen again. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, problemFrom } from "@/api/problem";

export interface UploadTarget {
	/** Where uploads are made. */
	endpoint: string;
	/** The token that unsafe requests carry. */
	csrfToken: () => Promise<string | null>;
}

export interface Upload {
	id: number;
	name: string;
	size: number;
	sent: number;
	state: "waiting" | "sending" | "paused" | "failed";
	error: string | null;
}

type Metadata = Record<string, string>;

interface Task extends Upload {
	file: File;
	metadata: Metadata;
	stop: (() => Promise<void>) | null;
	giveUp: (() => Promise<void>) | null;
}

const AT_ONCE = 3;
const RETRY_AFTER_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

let lastId = 0;

/** Runs uploads of one page; `onFile` hears of each that has become a file. */
export function useUploads(target: UploadTarget, onFile: () => void) {
	const tasks = useRef<Task[]>([]);
	const [uploads, setUploads] = useState<Upload[]>([]);
	const alive = useRef(true);
	const heard = useRef(onFile);
	heard.current = onFile;

	const show = useCallback(() => {
		if (alive.current)
			setUploads(tasks.current.map(({ file: _, metadata: __, stop: ___, giveUp: ____, ...shown }) => shown));
	}, []);

	const next = useCallback(() => {
		const sending = tasks.current.filter(({ state }) => state === "sending").length;
		for (const task of tasks.current.filter(({ state }) => state === "waiting").slice(0, AT_ONCE - sending)) {
			task.state = "sending";
			void send(task, target, {
				progress: show,
				ended: (error) => {
					if (error === null) {
						tasks.current = tasks.current.filter((each) => each !== task);
						heard.current();
					} else {
						task.state = "failed";
						task.error = error;
					}
					show();
					next();
				},
			});
		}
		show();
	}, [target, show]);

	useEffect(() => {
		alive.current = true;
		const leave = (event: BeforeUnloadEvent) => {
			if (tasks.current.some(({ state }) => state === "sending" || state === "waiting")) event.preventDefault();
		};
		window.addEventListener("beforeunload", leave);
		return () => {
			alive.current = false;
			window.removeEventListener("beforeunload", leave);
			for (const task of tasks.current) void task.stop?.();
		};
	}, []);

	const add = (files: Iterable<File>, metadata: Metadata = {}) => {
		for (const file of files) {
			lastId += 1;
			tasks.current.push({
				id: lastId,
				name: file.name,
				size: file.size,
				sent: 0,
				state: "waiting",
				error: null,
				file,
				metadata,
				stop: null,
				giveUp: null,
			});
		}
		next();
	};
	const find = (id: number) => tasks.current.find((task) => task.id === id);
	const pause = async (id: number) => {
		const task = find(id);
		if (!task) return;
		task.state = "paused";
		await task.stop?.();
		show();
		next();
	};
	const resume = (id: number) => {
		const task = find(id);
		if (!task) return;
		task.state = "waiting";
		task.error = null;
		next();
	};
	const cancel = async (id: number) => {
		const task = find(id);
		if (!task) return;
		tasks.current = tasks.current.filter((each) => each !== task);
		show();
		await task.giveUp?.().catch(() => {});
		next();
	};
	return { uploads, add, pause, resume, cancel };
}

async function send(
	task: Task,
	target: UploadTarget,
	on: { progress: () => void; ended: (error: string | null) => void },
): Promise<void> {
	try {
		// most visits upload nothing
		const [{ Upload }, token] = await Promise.all([import("tus-js-client"), target.csrfToken()]);
		const upload = new Upload(task.file, {
			endpoint: target.endpoint,
			retryDelays: RETRY_AFTER_MS,
			removeFingerprintOnSuccess: true,
			headers: token ? { "X-CSRF-Token": token } : {},
			metadata: { filename: task.file.name, filetype: task.file.type, ...task.metadata },
			// the same file for another project, or as a version of another one, is another upload
			fingerprint: async (file) =>
				[
					"ledgerline",
					target.endpoint,
					task.metadata["fileId"] ?? "",
					file.name,
					file.type,
					file.size,
					file.lastModified,
				].join("|"),
			onProgress: (sent) => {
				task.sent = sent;
				on.progress();
			},
			onSuccess: () => on.ended(null),
			onError: (error) => on.ended(sentence(error)),
		});
		task.stop = () => upload.abort();
		task.giveUp = () => upload.abort(true);
		const [before] = await upload.findPreviousUploads();
		if (before) upload.resumeFromPreviousUpload(before);
		if (task.state === "sending") upload.start();
	} catch (error) {
		on.ended(sentence(error));
	}
}

/** What the server said, when it was the server. */
function sentence(error: unknown): string {
	const response = (error as { originalResponse?: { getStatus(): number; getBody(): string } | null }).originalResponse;
	return (response ? problemFrom(response.getStatus(), response.getBody()) : asProblem(error)).message;
}
