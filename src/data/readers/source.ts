import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { ValvulinError } from '../../core/errors.ts';

const CHUNK = 1 << 20;

/** A data file: its first bytes at once, the rest in one piece or line by line. */
export interface Source {
  readonly path: string;
  /** The first bytes, unpacked. */
  readonly head: Uint8Array;
  /** Size in bytes, unpacked. */
  readonly size: number;
  /** Everything, unpacked. */
  whole(): Uint8Array;
  /** Pieces that hold whole lines, each ending in a newline. A piece is valid until the next one is asked for. */
  lines(): Generator<Uint8Array>;
}

/**
 * Opens a file, unpacking `.gz` and one-file `.zip` by their content, whatever the name says.
 * @throws ValvulinError `VLV_DATA_FILE` where it cannot be read, `VLV_DATA_FORMAT` where the packing is broken
 */
export function openSource(path: string): Source {
  let head: Uint8Array;
  let size: number;
  try {
    size = statSync(path).size;
    const fd = openSync(path, 'r');
    const buffer = new Uint8Array(Math.min(size, 1 << 16));
    try {
      head = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new ValvulinError('VLV_DATA_FILE', `Expected a readable file, got "${path}"`, { where: path, cause });
  }
  if (head[0] === 0x1f && head[1] === 0x8b)
    return inMemory(
      path,
      unpack(path, (packed) => gunzipSync(packed)),
    );
  if (head[0] === 0x50 && head[1] === 0x4b)
    return inMemory(
      path,
      unpack(path, (packed) => onlyFile(path, packed)),
    );
  return { path, head, size, whole: () => readFileSync(path), lines: () => fileLines(path) };
}

function unpack(path: string, unpacker: (packed: Uint8Array) => Uint8Array): Uint8Array {
  try {
    return unpacker(readFileSync(path));
  } catch (cause) {
    if (cause instanceof ValvulinError) throw cause;
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected a whole compressed file, got "${path}"`, {
      where: path,
      hint: 'The file is cut short or damaged; fetch it again.',
      cause,
    });
  }
}

function onlyFile(path: string, packed: Uint8Array): Uint8Array {
  const files = Object.entries(unzipSync(packed));
  if (files.length === 1) return files[0][1];
  throw new ValvulinError('VLV_DATA_FORMAT', `Expected one file in the zip archive, got ${files.length}`, {
    where: path,
  });
}

function inMemory(path: string, bytes: Uint8Array): Source {
  return {
    path,
    head: bytes.subarray(0, 1 << 16),
    size: bytes.length,
    whole: () => bytes,
    *lines() {
      const end = bytes.lastIndexOf(10) + 1;
      if (end > 0) yield bytes.subarray(0, end);
      if (end < bytes.length) yield terminated(bytes.subarray(end));
    },
  };
}

/** Small pieces in one reused buffer: a fresh buffer for the whole file costs more in page faults than reading it. */
function* fileLines(path: string): Generator<Uint8Array> {
  const fd = openSync(path, 'r');
  try {
    let buffer = new Uint8Array(CHUNK);
    let kept = 0;
    for (;;) {
      const read = readSync(fd, buffer, kept, buffer.length - kept, null);
      const filled = kept + read;
      if (read === 0) {
        if (filled > 0) yield terminated(buffer.subarray(0, filled));
        return;
      }
      const end = buffer.subarray(0, filled).lastIndexOf(10) + 1;
      if (end > 0) yield buffer.subarray(0, end);
      kept = filled - end;
      if (kept === buffer.length) {
        const larger = new Uint8Array(buffer.length * 2);
        larger.set(buffer);
        buffer = larger;
      } else {
        buffer.copyWithin(0, end, filled);
      }
    }
  } finally {
    closeSync(fd);
  }
}

/** The parser needs a newline to stop at; a file may end without one. */
function terminated(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) === 10) return bytes;
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  out[bytes.length] = 10;
  return out;
}
