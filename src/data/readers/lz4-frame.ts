const MAGIC = 0x184d2204;

/**
 * Unpacks an LZ4 frame (the format of the `lz4` tool, and of compressed Arrow files), by the LZ4 frame format 1.6 and
 * block format descriptions. Blocks may refer to earlier ones. Checksums are skipped.
 * @throws RangeError where the frame is broken
 */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw new RangeError('not an LZ4 frame');
  const flags = frame[4];
  const blockChecksum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  const maxBlock = 1 << (8 + 2 * ((frame[5] >> 4) & 7));
  let at = 6 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1;
  let out = new Uint8Array(Math.max(maxBlock, frame.length * 4));
  let length = 0;
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) return out.subarray(0, length);
    const size = header & 0x7fffffff;
    const end = at + size;
    if (end > frame.length) throw new RangeError('an LZ4 block is cut short');
    if (out.length - length < maxBlock) {
      const larger = new Uint8Array(out.length * 2 + maxBlock);
      larger.set(out.subarray(0, length));
      out = larger;
    }
    if (header >>> 31) {
      out.set(frame.subarray(at, end), length);
      length += size;
    } else length = decodeBlock(frame, at, end, out, length);
    at = end + (blockChecksum ? 4 : 0);
  }
}

/** Appends one block to `out` at `length`; returns the new length. */
function decodeBlock(block: Uint8Array, from: number, end: number, out: Uint8Array, length: number): number {
  let at = from;
  let to = length;
  const extended = (nibble: number): number => {
    let count = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        byte = block[at++];
        count += byte;
      } while (byte === 255);
    }
    return count;
  };
  while (at < end) {
    const token = block[at++];
    const literals = extended(token >> 4);
    if (at + literals > end || to + literals > out.length) throw new RangeError('LZ4 literals run past their block');
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= end) return to;
    const offset = block[at] | (block[at + 1] << 8);
    at += 2;
    const match = extended(token & 15) + 4;
    if (offset === 0 || offset > to || to + match > out.length)
      throw new RangeError('an LZ4 match lies outside the data');
    // Byte by byte: a match may overlap what it writes, which is how runs are packed.
    for (let i = 0; i < match; i++, to++) out[to] = out[to - offset];
  }
  return to;
}
