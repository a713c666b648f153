import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "preact/hooks";
import { api, asProblem, type Project, uploadsOf } from "@/api";
import { Badges } from "@/files/badges";
import { DropZone, UploadList } from "@/files/drop-zone";
import { Player } from "@/files/player";
import { useUploads } from "@/files/uploads";
import { type FileKind, isBeingMade, KINDS, type ProjectFile, shownAs } from "@/files/words";
import { VersionComments } from "@/talk/version-comments";
import {
	Button,
	Confirm,
	DownloadLink,
	ErrorState,
	formatBytes,
	Icon,
	Menu,
	plural,
	SelectField,
	Skeleton,
	Time,
} from "@/ui";
import { useAct, useRefresh } from "./acting";

const CHOICES = Object.entries(KINDS).map(([value, label]) => ({ value, label }));
/** While something is being checked or made, the list is read again. */
const AGAIN_MS = 2_000;

/** Files of both sides: bring them, listen to them, keep their versions in order. */
export function Files({ project, editable, news }: { project: Project; editable: boolean; news: number }) {
	const refresh = useRefresh();
	const [wanted, setKind] = useState<FileKind>("work_in_progress");
	const { state } = project.submission;
	const isOpen = state === "in_progress" || state === "client_revisions_requested";
	// what the client looks at, or has accepted, stays as it is
	const kind = isOpen ? wanted : "reference";
	const target = useMemo(() => uploadsOf(project.id), [project.id]);
	const uploads = useUploads(target, refresh);
	const query = useInfiniteQuery({
		queryKey: ["projects", "files", project.id],
		queryFn: ({ pageParam }) => api.files.list(project.id, pageParam),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (page) => page.nextCursor ?? undefined,
		refetchInterval: ({ state }) => (state.data?.pages.some(({ files }) => files.some(isBeingMade)) ? AGAIN_MS : false),
	});
	const files = query.data?.pages.flatMap((page) => page.files);
	return (
		<section class="card p-5" aria-labelledby="project-files">
			<div class="mb-4 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
				<h2 id="project-files" class="font-semibold">
					Files
				</h2>
				<Meter />
			</div>
			{editable && (
				<DropZone
					label="Choose files"
					hint={
						isOpen
							? "Drop files here. The client sees them when you submit the work."
							: "The work is with the client or accepted, so its files stay as they are. References can be added."
					}
					onFiles={(chosen) => uploads.add(chosen, { kind })}
				>
					{isOpen && (
						<div class="w-56">
							<SelectField
								label="They are"
								value={kind}
								options={CHOICES}
								onValue={(value) => setKind(value as FileKind)}
							/>
						</div>
					)}
				</DropZone>
			)}
			<UploadList
				uploads={uploads.uploads}
				onPause={uploads.pause}
				onResume={uploads.resume}
				onCancel={uploads.cancel}
			/>
			{!files ? (
				query.isError ? (
					<ErrorState problem={asProblem(query.error)} retry={() => query.refetch()} />
				) : (
					<Skeleton lines={2} />
				)
			) : files.length === 0 ? (
				<p class="mt-4 text-ink-3">No files yet.</p>
			) : (
				<ul class="mt-4 divide-y divide-line border-t border-line">
					{files.map((file) => (
						<File
							key={file.id}
							file={file}
							isOpen={isOpen || file.kind === "reference"}
							isOver={project.state === "cancelled" || project.state === "archived"}
							news={news}
							onVersion={
								editable && (isOpen || file.kind === "reference")
									? (chosen) => uploads.add([chosen], { fileId: file.id, kind: file.kind })
									: null
							}
						/>
					))}
				</ul>
			)}
			{files && files.length > 1 && (
				<div class="mt-3">
					<DownloadLink href={api.files.archive(project.id)} size="sm" label="Download all (ZIP)">
						Download all (ZIP)
					</DownloadLink>
				</div>
			)}
			{query.hasNextPage && (
				<Button size="sm" class="mt-3" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
					Show earlier files
				</Button>
			)}
		</section>
	);
}

function Meter() {
	const query = useQuery({ queryKey: ["projects", "storage"], queryFn: api.files.storage });
	if (!query.data) return null;
	const { usedBytes, limitBytes } = query.data;
	const used = `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} used`;
	return (
		<div class="flex items-center gap-2 text-ink-3">
			<meter class="w-24" min={0} max={limitBytes} high={limitBytes * 0.9} value={usedBytes} aria-label="Storage" />
			{used}
		</div>
	);
}

interface FileProps {
	file: ProjectFile;
	/** Whether it can be changed and deleted. */
	isOpen: boolean;
	/** Whether nobody comments any more. */
	isOver: boolean;
	/** Another number whenever something may have been said. */
	news: number;
	onVersion: ((file: globalThis.File) => void) | null;
}

function File({ file, isOpen, isOver, news, onVersion }: FileProps) {
	const { act } = useAct();
	const refresh = useRefresh();
	const input = useRef<HTMLInputElement>(null);
	const item = useRef<HTMLLIElement>(null);
	const [deleting, setDeleting] = useState(false);
	const [version] = file.versions;
	const number = version?.number ?? 0;
	const source = useMemo(
		() => api.projects.comments(file.projectId, file.id, number),
		[file.projectId, file.id, number],
	);
	if (!version) return null;
	const isOurs = file.side === "producer";
	const at = api.files.version(file.projectId, file.id, version.number);
	const isThere = version.state === "available" && !version.isDeleted;
	const items = [
		...(isOurs && onVersion
			? [{ label: "New version", icon: "plus" as const, run: () => input.current?.click() }]
			: []),
		...(isOurs && isOpen
			? [{ label: "Delete", icon: "trash" as const, danger: true, run: () => setDeleting(true) }]
			: []),
	];
	const kinds = CHOICES.map(({ value, label }) => ({
		label,
		checked: value === file.kind,
		run: () =>
			void act(
				"kind",
				() => api.files.update(file.projectId, file.id, { version: file.version, kind: value as FileKind }),
				`${file.name} is now: ${label.toLowerCase()}.`,
			),
	}));
	return (
		<li ref={item} class="grid gap-3 py-4 last:pb-0">
			<div class="flex items-start gap-3">
				<span class="mt-0.5 grid size-8 shrink-0 place-items-center rounded-md bg-idle-soft text-idle">
					<Icon name="file" />
				</span>
				<div class="min-w-0 grow">
					<h3 class="font-medium wrap-anywhere">{file.name}</h3>
					<p class="text-ink-3">
						{[
							KINDS[file.kind],
							version.number > 1 && `version ${version.number}`,
							formatBytes(version.sizeBytes),
							!isOurs && "from the client",
							version.round !== null && `handed in with round ${version.round}`,
							version.downloads > 0 && `${plural(version.downloads, "download")} by the client`,
						]
							.filter(Boolean)
							.join(" · ")}{" "}
						· <Time at={version.createdAt} />
					</p>
					<Badges file={file} version={version} class="mt-1" />
					{file.approvalNote && (
						<blockquote class="mt-2 border-l-2 border-line pl-3 wrap-anywhere whitespace-pre-line">
							{file.approvalNote}
						</blockquote>
					)}
				</div>
				{isThere && <DownloadLink href={`${at}/content`} size="sm" label={`Download ${file.name}`} />}
				{items.length > 0 && (
					<Menu
						label={`Actions for ${file.name}`}
						buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-md hover:bg-hover"
						button={<Icon name="more" size={18} />}
						groups={[{ items }, { heading: "What it is", items: kinds }]}
					/>
				)}
			</div>
			<Player name={file.name} version={version} at={at} mayOriginal />
			<VersionComments
				key={number}
				name={file.name}
				source={source}
				news={news}
				draft={`comments ${file.id} ${number}`}
				closed={isOver ? "The project is over: comments are only read." : null}
				{...(version.sharedAt ? {} : { hint: "The client sees this once the version is shared with them." })}
				media={() => item.current?.querySelector<HTMLMediaElement>("audio, video")}
				isTimed={["audio", "video"].includes(shownAs(version, true)?.kind ?? "")}
			/>
			<input
				ref={input}
				type="file"
				class="sr-only"
				tabIndex={-1}
				aria-label={`New version of ${file.name}`}
				onChange={(event) => {
					const [chosen] = event.currentTarget.files ?? [];
					event.currentTarget.value = "";
					if (chosen) onVersion?.(chosen);
				}}
			/>
			{deleting && (
				<Confirm
					danger
					title={`Delete ${file.name}?`}
					action="Delete the file"
					onClose={() => setDeleting(false)}
					run={async () => {
						await api.files.remove(file.projectId, file.id);
						await refresh();
					}}
				>
					All its versions are deleted with it.
				</Confirm>
			)}
		</li>
	);
}
