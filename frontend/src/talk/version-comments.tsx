import { useState } from "preact/hooks";
import { Button } from "../ui/button";
import { Comments } from "./comments";
import { type CommentSource, useComments } from "./use-comments";

interface Props {
	/** Name of the file, for who hears the page. */
	name: string;
	source: CommentSource;
	/** Another value whenever something may have been said. */
	news: unknown;
	/** Names what is typed here: the version. */
	draft: string;
	closed: string | null;
	hint?: string;
	/** The player, of what has a time. */
	media: () => HTMLMediaElement | null | undefined;
	isTimed: boolean;
}

/** What was said to a version, below it once it is asked for. */
export function VersionComments(props: Props) {
	const [shown, setShown] = useState(false);
	return (
		<div class="grid gap-3">
			<Button
				size="sm"
				icon="pencil"
				class="justify-self-start"
				aria-expanded={shown}
				aria-label={`Comments on ${props.name}`}
				onClick={() => setShown(!shown)}
			>
				Comments
			</Button>
			{shown && <Shown {...props} />}
		</div>
	);
}

function Shown({ source, news, draft, closed, hint, media, isTimed }: Props) {
	const found = useComments(source, news);
	if (!found.comments) {
		return found.problem ? (
			<div role="alert" class="grid justify-items-start gap-2">
				<p>The comments could not be loaded. {found.problem.message}</p>
				<Button size="sm" icon="refresh" onClick={found.retry}>
					Try again
				</Button>
			</div>
		) : (
			<p role="status" class="text-ink-3">
				Loading the comments
			</p>
		);
	}
	const timed = {
		now: () => (media()?.currentTime ?? 0) * 1000,
		onSeek: (atMs: number) => {
			const player = media();
			if (player) player.currentTime = atMs / 1000;
		},
	};
	return (
		<Comments
			comments={found.comments}
			draft={draft}
			closed={closed}
			{...(hint ? { hint } : {})}
			{...(isTimed ? timed : {})}
			onAdd={found.add}
			onResolve={found.resolve}
			onReopen={found.reopen}
			{...(found.more ? { onMore: found.more } : {})}
		/>
	);
}
