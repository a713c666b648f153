import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { oneAtATime } from "@/api/one-at-a-time";
import { asProblem, type Problem } from "@/api/problem";
import type { Comment, CommentList, NewComment } from "@/api/types";

/** Where the comments on a version come from and go to. */
export interface CommentSource {
	load: (cursor?: string) => Promise<CommentList>;
	add: (comment: NewComment) => Promise<unknown>;
	resolve: (id: string) => Promise<unknown>;
	reopen: (id: string) => Promise<unknown>;
}

interface Loaded {
	comments: Comment[];
	cursor: string | null;
}

/** The comments on a version. They are looked for again whenever `news` is another value, and after whatever is done. */
export function useComments(source: CommentSource, news: unknown) {
	const [loaded, setLoaded] = useState<Loaded | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const pages = useRef(1);

	const refresh = useMemo(
		() =>
			oneAtATime(async () => {
				try {
					let list = await source.load();
					const comments = [...list.comments];
					for (let page = 1; page < pages.current && list.nextCursor; page += 1) {
						list = await source.load(list.nextCursor);
						comments.push(...list.comments);
					}
					setLoaded({ comments, cursor: list.nextCursor });
					setProblem(null);
				} catch (error) {
					setProblem(asProblem(error));
				}
			}),
		[source],
	);

	useEffect(() => void refresh(), [refresh, news]);

	return {
		/** Oldest first; none before they are loaded. */
		comments: loaded?.comments ?? null,
		problem,
		retry: refresh,
		more: loaded?.cursor
			? () => {
					pages.current += 1;
					return refresh();
				}
			: null,
		add: (comment: NewComment) => source.add(comment).finally(refresh),
		resolve: (id: string) => source.resolve(id).finally(refresh),
		reopen: (id: string) => source.reopen(id).finally(refresh),
	};
}
