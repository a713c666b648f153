import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { asProblem, Problem } from "@/api/problem";
import { Badges } from "../files/badges";
import { DropZone, UploadList } from "../files/drop-zone";
import { Player } from "../files/player";
import { useUploads } from "../files/uploads";
import { type FileVersion, isBeingMade, KINDS, type ProjectFile, shownAs } from "../files/words";
import { VersionComments } from "../talk/version-comments";
import { Button, DownloadLink } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Field, FormError } from "../ui/field";
import { formatBytes } from "../ui/format";
import { Icon } from "../ui/icon";
import { Time } from "../ui/values";
import { api, uploads as target } from "./data";
import { Card, Heading, Nothing } from "./shell";
import { usePortal } from "./use-page";
import { decides } from "./words";

/** While something is being checked or made, the list is read again. */
const AGAIN_MS = 2_000;

/** All files that the client sees, read page by page. */
function useFiles() {
	const [files, setFiles] = useState<ProjectFile[] | null>(null);
	const [cursor, setCursor] = useState<string | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const load = useCallback(async (after?: string) => {
		try {
			const page = await api.files(after);
			setFiles((before) => (after ? [...(before ?? []), ...page.files] : page.files));
			setCursor(page.nextCursor);
			setProblem(null);
		} catch (error) {
			setProblem(asProblem(error));
		}
	}, []);
	useEffect(() => {
		void load();
	}, [load]);
	const isChecked = files?.some(isBeingMade) ?? false;
	useEffect(() => {
		if (!isChecked) return;
		const timer = setInterval(() => void load(), AGAIN_MS);
		return () => clearInterval(timer);
	}, [isChecked, load]);
	return { files, problem, load, more: cursor === null ? null : () => load(cursor) };
}

export function Files() {
	const { page } = usePortal();
	const { preview, more } = page;
	if (preview) {
		return (
			<>
				<Heading>Files</Heading>
				<Nothing icon="file" title="Files of your client">
					Your client finds here what you have handed in, and sends you files.
				</Nothing>
			</>
		);
	}
	return (
		<>
			<Heading lead={`What ${more.workspaceName} made for you, and what you sent.`}>Files</Heading>
			<Lists />
		</>
	);
}

function Lists() {
	const { page, reload } = usePortal();
	const { more } = page;
	const { files, problem, load, more: loadMore } = useFiles();
	const uploads = useUploads(target, () => void load());
	const isOpen = more.submission?.state === "ready_for_review" && decides(page);
	const isWorkedOn = more.project?.state === "open" || more.project?.state === "in_progress";
	const work = files?.filter(({ side }) => side === "producer") ?? [];
	const own = files?.filter(({ side }) => side === "client") ?? [];
	const changed = async () => {
		await Promise.all([load(), reload()]);
	};
	return (
		<>
			{problem && <FormError>{problem.message}</FormError>}
			{files && work.length === 0 && (
				<Nothing icon="file" title="Nothing was handed in yet">
					What {more.workspaceName} makes for you appears here as soon as it is handed in.
				</Nothing>
			)}
			{work.length > 0 && (
				<Card>
					<div class="mb-2 flex flex-wrap items-center justify-between gap-3">
						<h2 class="text-lg font-semibold">The work</h2>
						{isOpen && work.some(isUndecided) && <ApproveAll files={work} done={changed} />}
					</div>
					<ul class="divide-y divide-line">
						{work.map((file) => (
							<File key={file.id} file={file} isOpen={isOpen} done={changed} />
						))}
					</ul>
				</Card>
			)}
			<Card>
				<h2 class="mb-3 text-lg font-semibold">Your files</h2>
				{isWorkedOn && (
					<DropZone
						label="Send files"
						hint={`Demos, plans, pictures: whatever ${more.workspaceName} should know.`}
						onFiles={(chosen) => uploads.add(chosen)}
					/>
				)}
				<UploadList
					uploads={uploads.uploads}
					onPause={uploads.pause}
					onResume={uploads.resume}
					onCancel={uploads.cancel}
				/>
				{own.length > 0 && (
					<ul class="mt-3 divide-y divide-line">
						{own.map((file) => (
							<File key={file.id} file={file} isOpen={false} done={changed} />
						))}
					</ul>
				)}
			</Card>
			{(files?.filter(mayDownload).length ?? 0) > 1 && (
				<DownloadLink href={api.archive} label="Download all (ZIP)">
					Download all (ZIP)
				</DownloadLink>
			)}
			{loadMore && <Button onClick={loadMore}>Show more files</Button>}
		</>
	);
}

function mayDownload({ locked, versions: [version] }: ProjectFile): boolean {
	return locked === null && version?.state === "available" && !version.isDeleted;
}

function isUndecided({ approval, kind }: ProjectFile): boolean {
	return approval !== "approved" && kind !== "reference";
}

function ApproveAll({ files, done }: { files: ProjectFile[]; done: () => Promise<void> }) {
	const [asking, setAsking] = useState(false);
	const count = files.filter(isUndecided).length;
	return (
		<>
			<Button size="sm" icon="check" onClick={() => setAsking(true)}>
				Approve all
			</Button>
			{asking && (
				<Confirm
					title="Approve all files"
					action="Approve all"
					onClose={() => setAsking(false)}
					run={async () => {
						await api.act("files/approve-all", {});
						await done();
					}}
				>
					<p>
						You accept {count === 1 ? "the one file" : `the ${count} files`} that you have not accepted yet. The work as
						a whole you approve with its round.
					</p>
				</Confirm>
			)}
		</>
	);
}

function File({ file, isOpen, done }: { file: ProjectFile; isOpen: boolean; done: () => Promise<void> }) {
	const [asking, setAsking] = useState<"approve" | "request-changes" | "delete" | null>(null);
	const heading = useRef<HTMLHeadingElement>(null);
	const item = useRef<HTMLLIElement>(null);
	const [version] = file.versions;
	if (!version) return null;
	const at = api.version(file.id, version.number);
	const isThere = version.state === "available" && !version.isDeleted;
	const isWork = file.side === "producer" && file.kind !== "reference";
	const mayOriginal = file.locked === null && file.downloadLimit === null;
	return (
		<li ref={item} class="grid gap-3 py-4 first:pt-2 last:pb-0">
			<div class="flex items-start justify-between gap-3">
				<div class="min-w-0">
					<h3 ref={heading} class="font-medium wrap-anywhere">
						{file.name}
					</h3>
					<p class="text-ink-3">
						{[KINDS[file.kind], version.number > 1 && `version ${version.number}`, formatBytes(version.sizeBytes)]
							.filter(Boolean)
							.join(" · ")}{" "}
						· <Time at={version.sharedAt ?? version.createdAt} />
					</p>
				</div>
				{isThere && file.locked === null && (
					<DownloadLink href={`${at}/content`} label={`Download ${file.name}`}>
						<span class="max-sm:hidden">Download</span>
					</DownloadLink>
				)}
			</div>
			<Badges file={file} version={version} />
			<Player name={file.name} version={version} at={at} mayOriginal={mayOriginal} />
			{isThere && file.locked && (
				<p class="flex items-center gap-2 text-ink-2">
					<Icon name="clock" />
					{file.locked}
				</p>
			)}
			{isOpen && isWork && (
				<div class="flex flex-wrap gap-2">
					{file.approval !== "approved" && (
						<Button size="sm" icon="check" onClick={() => setAsking("approve")}>
							Approve this file
						</Button>
					)}
					<Button size="sm" icon="pencil" onClick={() => setAsking("request-changes")}>
						Ask for changes
					</Button>
				</div>
			)}
			<Talk
				file={file}
				version={version}
				media={() => item.current?.querySelector<HTMLMediaElement>("audio, video")}
				mayOriginal={mayOriginal}
			/>
			{file.side === "client" && (
				<Button size="sm" icon="trash" class="justify-self-start" onClick={() => setAsking("delete")}>
					Delete
				</Button>
			)}
			{asking === "delete" && (
				<Confirm
					danger
					title={`Delete ${file.name}?`}
					action="Delete the file"
					onClose={() => setAsking(null)}
					run={async () => {
						await api.remove(`files/${file.id}`);
						await done();
					}}
				>
					<p>All its versions are deleted with it.</p>
				</Confirm>
			)}
			{asking && asking !== "delete" && (
				<Decide
					file={file}
					number={version.number}
					step={asking}
					done={done}
					onClose={() => {
						setAsking(null);
						heading.current?.focus();
					}}
				/>
			)}
		</li>
	);
}

interface TalkProps {
	file: ProjectFile;
	version: FileVersion;
	media: () => HTMLMediaElement | null | undefined;
	mayOriginal: boolean;
}

function Talk({ file, version, media, mayOriginal }: TalkProps) {
	const { page } = usePortal();
	const state = page.more.project?.state;
	const source = useMemo(() => api.comments(file.id, version.number), [file.id, version.number]);
	const kind = shownAs(version, mayOriginal)?.kind;
	return (
		<VersionComments
			key={version.number}
			name={file.name}
			source={source}
			news={page}
			draft={`comments ${file.id} ${version.number}`}
			closed={state === "cancelled" || state === "archived" ? "The project is over: comments are only read." : null}
			media={media}
			isTimed={kind === "audio" || kind === "video"}
		/>
	);
}

interface DecideProps {
	file: ProjectFile;
	number: number;
	step: "approve" | "request-changes";
	done: () => Promise<void>;
	onClose: () => void;
}

function Decide({ file, number, step, done, onClose }: DecideProps) {
	const [note, setNote] = useState("");
	const approves = step === "approve";
	return (
		<Confirm
			title={approves ? `Approve ${file.name}` : `Ask for changes to ${file.name}`}
			action={approves ? "Approve" : "Ask for changes"}
			onClose={onClose}
			run={async () => {
				if (!approves && !note.trim()) throw new Problem(422, { detail: "Say what is to be changed." });
				try {
					await api.act(`files/${file.id}/${step}`, { number, ...(note.trim() ? { note } : {}) });
				} finally {
					await done();
				}
			}}
		>
			<Field label={approves ? "A few words" : "What is to be changed"} optional={approves}>
				{(control) => (
					<textarea
						{...control}
						class="field min-h-24"
						maxLength={4000}
						value={note}
						onInput={(event) => setNote(event.currentTarget.value)}
					/>
				)}
			</Field>
		</Confirm>
	);
}
