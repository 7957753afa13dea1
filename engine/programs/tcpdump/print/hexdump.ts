const BYTES_PER_LINE = 16;
/** Eight groups of four digits and a space. */
const HEX_WIDTH = 40;

/** -x and -X: offset, pairs of bytes, and with `ascii` their characters. One line starts each row. */
export function hexDump(bytes: Uint8Array, ascii: boolean): string {
  let out = "";
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const row = bytes.subarray(at, at + BYTES_PER_LINE);
    let hex = "";
    row.forEach((byte, index) => {
      hex += (index % 2 === 0 ? " " : "") + byte.toString(16).padStart(2, "0");
    });
    const offset = `\n\t0x${at.toString(16).padStart(4, "0")}: `;
    out += ascii ? `${offset}${hex.padEnd(HEX_WIDTH)}  ${printable(row)}` : offset + hex;
  }
  return out;
}

/** -A: printable characters, tabs and line ends; a dot for the rest. */
export function asciiDump(bytes: Uint8Array): string {
  let out = "\n";
  bytes.forEach((byte, index) => {
    const carriageReturn = byte === 13 && bytes[index + 1] === 10;
    if (carriageReturn) return;
    const shown = byte === 9 || byte === 10 || (byte > 32 && byte < 127) || byte === 32;
    out += shown ? String.fromCharCode(byte) : ".";
  });
  return out;
}

function printable(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : "."))
    .join("");
}
