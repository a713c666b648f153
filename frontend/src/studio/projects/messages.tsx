import { useMemo } from "preact/hooks";
import { api, type Project } from "@/api";
import { Conversation } from "@/talk/conversation";
import { useTalk } from "@/talk/use-talk";
import { ErrorState, Skeleton } from "@/ui";
import type { ProjectNews } from "./live";

/** What was written with the client, and who has read it. */
export function Messages({ project, news }: { project: Project; news: ProjectNews }) {
	const { id, state } = project;
	const source = useMemo(
		() => ({
			load: (query: { cursor?: string; thread?: string }) => api.projects.messages(id, query),
			say: (message: Parameters<typeof api.projects.say>[1]) => api.projects.say(id, message),
			markRead: (number: number) => api.projects.markRead(id, number),
		}),
		[id],
	);
	const talk = useTalk(source, news.said, news.reads);
	const isOver = state === "cancelled" || state === "archived";
	return (
		<section class="card p-5" aria-labelledby="project-messages">
			<div class="mb-3 flex items-center gap-2">
				<h2 id="project-messages" class="font-semibold">
					Messages
				</h2>
				{talk.unread > 0 && (
					<span class="rounded-full bg-accent px-2 text-xs font-medium text-on-accent">
						{talk.unread >= 100 ? "100+" : talk.unread} new
					</span>
				)}
			</div>
			{talk.messages ? (
				<Conversation
					talk={talk}
					draft={`project ${id}`}
					to={project.contact.name}
					closed={isOver ? `The project is ${state}: what was written is only read.` : null}
					empty={`Nothing was written yet. ${project.contact.name} reads in the portal what you write here.`}
				/>
			) : talk.problem ? (
				<ErrorState problem={talk.problem} retry={talk.retry} />
			) : (
				<Skeleton lines={3} />
			)}
		</section>
	);
}
