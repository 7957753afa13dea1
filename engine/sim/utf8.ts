/** UTF-8, written out because the engine has no TextEncoder (a DOM and Node type). RFC 3629. */

export function encodeUtf8(text: string): Uint8Array {
  return encodeAscii(text) ?? encodeAny(text);
}

/** Undefined: there is more than ASCII in it. */
function encodeAscii(text: string): Uint8Array | undefined {
  const { length } = text;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

function encodeAny(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    let code = char.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) {
      out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    } else {
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    }
  }
  return Uint8Array.from(out);
}

/** Few enough to be the arguments of one call. */
const MAX_RUN = 4096;

/** Where the ASCII bytes from `start` on end, or a long enough run of them. */
function asciiEnd(bytes: Uint8Array, start: number): number {
  const limit = Math.min(bytes.length, start + MAX_RUN);
  let end = start;
  while (end < limit && (bytes[end] as number) < 0x80) end += 1;
  return end;
}

/** Spread into arguments, the bytes would be copied one by one. */
function fromCharCodes(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}

/** Malformed sequences become U+FFFD, one per offending byte. */
export function decodeUtf8(bytes: Uint8Array): string {
  let out = "";
  const length = bytes.length;
  for (let i = 0; i < length;) {
    const first = bytes[i] as number;
    if (first < 0x80) {
      // Character by character, a long text would be as many pieces for the collector.
      const end = asciiEnd(bytes, i);
      out += fromCharCodes(bytes.subarray(i, end));
      i = end;
      continue;
    }
    const size = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (size === 0 || first >= 0xf5 || i + size > length) {
      out += "\ufffd";
      i += 1;
      continue;
    }
    let code = first & (0xff >> (size + 1));
    let valid = true;
    for (let k = 1; k < size; k++) {
      const next = bytes[i + k] as number;
      if ((next & 0xc0) !== 0x80) valid = false;
      code = (code << 6) | (next & 63);
    }
    const minimum = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
    if (!valid || code < minimum || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      out += "\ufffd";
      i += 1;
      continue;
    }
    out += String.fromCodePoint(code);
    i += size;
  }
  return out;
}
