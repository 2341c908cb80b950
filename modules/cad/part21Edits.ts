/** A replacement of bytes; with `start` equal to `end`, an insertion. */
export interface Edit {
  start: number;
  end: number;
  /** Latin-1. */
  text: string;
}

/** The bytes with all edits made. Of two that overlap the first wins. */
export function splice(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < at) continue;
    pieces.push(bytes.subarray(at, edit.start), Buffer.from(edit.text, 'latin1'));
    at = edit.end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
