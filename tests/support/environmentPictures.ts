/** Light at a place of a picture of surroundings, 0..1 from the left and from the top: linear red, green, blue. */
export type Light = (u: number, v: number) => readonly [number, number, number];

/** A Radiance picture (.hdr), run-length coded as tools write it. */
export function radiancePicture(width: number, height: number, light: Light): Buffer {
  const head = Buffer.from(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);
  const rows = rowsOf(width, height, light).map((row) => {
    const channels = [0, 1, 2, 3].map((channel) => row.map((pixel) => rgbe(pixel)[channel]!));
    return Buffer.from([2, 2, width >> 8, width & 255, ...channels.flatMap((bytes) => literals(bytes))]);
  });
  return Buffer.concat([head, ...rows]);
}

/** An OpenEXR picture with 32 bits a channel, uncompressed. */
export function exrPicture(width: number, height: number, light: Light): Buffer {
  const channels = ['B', 'G', 'R'].map((name) => Buffer.concat([text(name), ints(2, 0, 1, 1)]));
  const box = ints(0, 0, width - 1, height - 1);
  const header = Buffer.concat([
    Buffer.from([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]),
    attribute('channels', 'chlist', Buffer.concat([...channels, Buffer.from([0])])),
    attribute('compression', 'compression', Buffer.from([0])),
    attribute('dataWindow', 'box2i', box),
    attribute('displayWindow', 'box2i', box),
    attribute('lineOrder', 'lineOrder', Buffer.from([0])),
    attribute('pixelAspectRatio', 'float', floats([1])),
    attribute('screenWindowCenter', 'v2f', floats([0, 0])),
    attribute('screenWindowWidth', 'float', floats([1])),
    Buffer.from([0]),
  ]);
  const chunks = rowsOf(width, height, light).map((row, y) =>
    Buffer.concat([ints(y, width * 12), ...[2, 1, 0].map((channel) => floats(row.map((pixel) => pixel[channel]!)))]),
  );
  const table = Buffer.alloc(height * 8);
  chunks.forEach((chunk, y) => {
    table.writeBigUInt64LE(BigInt(header.length + table.length + y * chunk.length), y * 8);
  });
  return Buffer.concat([header, table, ...chunks]);
}

const rowsOf = (width: number, height: number, light: Light) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => light((x + 0.5) / width, (y + 0.5) / height)),
  );

function rgbe(pixel: readonly [number, number, number]): number[] {
  const brightest = Math.max(...pixel);
  if (brightest < 1e-32) return [0, 0, 0, 0];
  const exponent = Math.floor(Math.log2(brightest)) + 1;
  return [...pixel.map((value) => Math.floor((value / 2 ** exponent) * 256)), exponent + 128];
}

/** Runs of bytes that are all different. */
function literals(bytes: readonly number[]): number[] {
  const runs: number[] = [];
  for (let at = 0; at < bytes.length; at += 128) {
    const run = bytes.slice(at, at + 128);
    runs.push(run.length, ...run);
  }
  return runs;
}

const text = (value: string) => Buffer.from(`${value}\0`);
const ints = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
const floats = (values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer);
const attribute = (name: string, type: string, value: Buffer) =>
  Buffer.concat([text(name), text(type), ints(value.length), value]);
