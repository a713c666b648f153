import { pieces } from "./words";

/** Words as they were typed; web addresses lead there, in a window that learns nothing of this one. */
export function Said({ text }: { text: string }) {
	return (
		<p class="whitespace-pre-line wrap-anywhere">
			{pieces(text).map((piece, index) =>
				piece.href ? (
					<a
						key={`${index}-${piece.href}`}
						href={piece.href}
						target="_blank"
						rel="noopener noreferrer nofollow"
						class="underline underline-offset-2"
					>
						{piece.text}
					</a>
				) : (
					piece.text
				),
			)}
		</p>
	);
}
