/** What a Radiance picture (.hdr) says of itself before its pixels. */
export interface RadianceHeader {
  width: number;
  height: number;
  /** Offset of the first row. */
  end: number;
}

/** Longer rows, and shorter ones, are never run-length coded. */
const CODED_WIDTH = { least: 8, most: 32_767 };
const CHANNELS = 4;

/** @param file - the beginning of it is enough.
 * @returns null where it is no Radiance picture, or none that goes from the top left, as all tools write it. */
export function radianceHeader(file: Buffer): RadianceHeader | null {
  const text = file.toString('latin1', 0, 64 * 1024);
  if (!/^#\?(RADIANCE|RGBE)\n/.test(text)) return null;
  const found = /\n\n-Y (\d{1,9}) \+X (\d{1,9})\n/.exec(text);
  return found && { height: Number(found[1]), width: Number(found[2]), end: found.index + found[0].length };
}

/** Whether all rows are there, in one of the codings of the format. */
export function isWholeRadiance(file: Buffer): boolean {
  const header = radianceHeader(file);
  if (!header) return false;
  const { width, height } = header;
  let at: number | null = header.end;
  for (let row = 0; row < height && at !== null; row++)
    at = isCoded(file, at, width) ? endOfCoded(file, at + CHANNELS, width) : endOfPlain(file, at, width);
  return at !== null;
}

function isCoded(file: Buffer, at: number, width: number): boolean {
  if (width < CODED_WIDTH.least || width > CODED_WIDTH.most || at + CHANNELS > file.length) return false;
  return file[at] === 2 && file[at + 1] === 2 && file.readUInt16BE(at + 2) === width;
}

/** One channel after the other, each in runs: a count above 128 repeats one byte, another is followed by as many. */
function endOfCoded(file: Buffer, start: number, width: number): number | null {
  let at = start;
  for (let channel = 0; channel < CHANNELS; channel++)
    for (let done = 0; done < width; ) {
      const count = file[at];
      if (!count) return null;
      const isRun = count > 128;
      done += isRun ? count - 128 : count;
      at += 1 + (isRun ? 1 : count);
      if (done > width || at > file.length) return null;
    }
  return at;
}

/** Pixel after pixel; one that begins with 1 1 1 repeats the one before, and several of them together make a larger number. */
function endOfPlain(file: Buffer, start: number, width: number): number | null {
  let at = start;
  let shift = 0;
  for (let done = 0; done < width; at += CHANNELS) {
    if (at + CHANNELS > file.length) return null;
    if (file[at] === 1 && file[at + 1] === 1 && file[at + 2] === 1) {
      done += file[at + 3]! << shift;
      shift += 8;
    } else {
      done += 1;
      shift = 0;
    }
    if (shift > 24) return null;
  }
  return at;
}
