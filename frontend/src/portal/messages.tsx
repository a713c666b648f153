import { useMemo } from "preact/hooks";
import { Conversation } from "../talk/conversation";
import { useTalk } from "../talk/use-talk";
import { Button } from "../ui/button";
import { api, proposalId } from "./data";
import { Card, Heading, NoSuchPage } from "./shell";
import { usePortal } from "./use-page";

export function Messages() {
	const { page } = usePortal();
	return page.more.project ? <Room state={page.more.project.state} /> : <NoSuchPage />;
}

function Room({ state }: { state: string }) {
	const { page, reads, reload } = usePortal();
	const { preview, more } = page;
	const source = useMemo(
		() => ({
			...api.talk,
			// whoever only looks has read nothing
			markRead: async (number: number) => {
				if (preview) return;
				await api.talk.markRead(number);
				await reload();
			},
		}),
		[preview, reload],
	);
	const talk = useTalk(source, page, reads);
	return (
		<>
			<Heading lead={`Everything you and ${more.workspaceName} write to each other about this project.`}>
				Messages
			</Heading>
			<Card>
				{talk.messages ? (
					<Conversation
						talk={talk}
						draft={`portal ${proposalId}`}
						to={more.workspaceName}
						closed={closedWords(preview, state)}
						empty={`Nothing was written yet. Ask ${more.workspaceName} whatever you would like to know.`}
					/>
				) : talk.problem ? (
					<div role="alert" class="grid justify-items-start gap-3">
						<p>The messages could not be loaded. {talk.problem.message}</p>
						<Button icon="refresh" onClick={talk.retry}>
							Try again
						</Button>
					</div>
				) : (
					<p role="status" class="py-6 text-center text-ink-3">
						Loading the messages
					</p>
				)}
			</Card>
		</>
	);
}

function closedWords(preview: boolean, state: string): string | null {
	if (preview) return "Your client writes here. You write on the project's page.";
	if (state === "cancelled") return "This project was cancelled. What was written stays here to be read.";
	if (state === "archived") return "This project was put away. What was written stays here to be read.";
	return null;
}
