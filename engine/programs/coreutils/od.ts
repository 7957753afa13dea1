import { readText } from "../support/input.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

interface Format {
  readonly bytes: number;
  readonly width: number;
  readonly show: (bytes: readonly number[]) => string;
  /** `z`: the printable characters at the end of the line. */
  readonly trailer: boolean;
}

const NAMES = [
  "nul",
  "soh",
  "stx",
  "etx",
  "eot",
  "enq",
  "ack",
  "bel",
  "bs",
  "ht",
  "nl",
  "vt",
  "ff",
  "cr",
  "so",
  "si",
  "dle",
  "dc1",
  "dc2",
  "dc3",
  "dc4",
  "nak",
  "syn",
  "etb",
  "can",
  "em",
  "sub",
  "esc",
  "fs",
  "gs",
  "rs",
  "us",
  "sp",
];
const ESCAPES: Record<number, string> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};
const DECIMAL_WIDTHS: Record<number, number> = { 1: 3, 2: 5, 4: 10, 8: 20 };

/** Traditional letters as -t types. */
const SHORTHANDS: Record<string, string> = {
  a: "a",
  b: "o1",
  c: "c",
  d: "u2",
  i: "dI",
  l: "dL",
  o: "o2",
  s: "d2",
  x: "x2",
};

export const od = defineTool({
  name: "od",
  package: "coreutils",
  summary: "dump files in octal and other formats",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "Write an unambiguous representation, octal bytes by default, of FILE to standard output.",
  options: [
    ["-A, --address-radix=RADIX", "output format for file offsets: d, o, x or n for none"],
    ["-j, --skip-bytes=BYTES", "skip BYTES input bytes first"],
    ["-N, --read-bytes=BYTES", "limit dump to BYTES input bytes"],
    ["-t, --format=TYPE", "select output format or formats: a, c, d u o x with a size, z"],
    ["-v, --output-duplicates", "do not use * to mark line suppression"],
    ["-w[BYTES], --width[=BYTES]", "output BYTES bytes per output line; 32 when not specified"],
    ["-a", "same as -t a"],
    ["-b", "same as -t o1"],
    ["-c", "same as -t c"],
    ["-d", "same as -t u2"],
    ["-i", "same as -t dI"],
    ["-l", "same as -t dL"],
    ["-o", "same as -t o2"],
    ["-s", "same as -t d2"],
    ["-x", "same as -t x2"],
  ],
  unmodelled: ["-f", "-S BYTES", "--strings[=BYTES]", "--endian=ORDER", "--traditional"],
  *run(tool, args) {
    const formats = chooseFormats(tool, args);
    const radix = args.value("A") ?? "o";
    if (!/^[doxn]$/.test(radix)) {
      throw tool.fail(
        `invalid output address radix '${radix}'; it must be one character from [doxn]`,
      );
    }
    const size = (name: string) => {
      const text = args.value(name);
      if (text === undefined) return undefined;
      const parsed = parseSize(text) ?? (/^0x[0-9a-f]+$/i.test(text) ? Number(text) : undefined);
      if (parsed === undefined) throw tool.fail(`invalid -${name} argument ${quoteText(text)}`);
      return parsed;
    };
    let data = "";
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      const fd = yield* tool.openInput(path);
      if (fd === undefined) continue;
      try {
        data += yield* readText(tool.sys, fd);
      } catch (error) {
        yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
      }
      tool.closeInput(fd);
    }
    const skip = size("j") ?? 0;
    if (skip > data.length) throw tool.fail("cannot skip past end of combined input");
    const end = Math.min(data.length, skip + (size("N") ?? Infinity));
    const perLine = args.has("w") ? Number(args.value("w") ?? 32) : 16;
    const address = (at: number) =>
      radix === "n"
        ? ""
        : at.toString({ d: 10, o: 8, x: 16 }[radix] ?? 8).padStart(radix === "x" ? 6 : 7, "0");
    let previous: string | undefined;
    let starred = false;
    for (let at = skip; at < end; at += perLine) {
      const line = data.slice(at, Math.min(end, at + perLine));
      if (line === previous && line.length === perLine && !args.has("v")) {
        if (!starred) yield* tool.out.write("*\n");
        starred = true;
        continue;
      }
      starred = false;
      previous = line;
      yield* tool.out.write(dumpLine(line, perLine, formats, address(at)));
    }
    if (radix !== "n") yield* tool.out.write(`${address(end)}\n`);
  },
});

function dumpLine(
  line: string,
  perLine: number,
  formats: readonly Format[],
  address: string,
): string {
  const bytes = [...line].map((char) => char.charCodeAt(0));
  // Columns of all formats line up: the widest per byte decides.
  const perByte = Math.max(...formats.map((format) => (format.width + 1) / format.bytes));
  let out = "";
  formats.forEach((format, index) => {
    const cell = Math.round(perByte * format.bytes);
    let text = "";
    for (let at = 0; at < bytes.length; at += format.bytes) {
      const unit = bytes.slice(at, at + format.bytes);
      while (unit.length < format.bytes) unit.push(0);
      text += format.show(unit).padStart(cell);
    }
    if (format.trailer) {
      text = text.padEnd(Math.ceil(perLine / format.bytes) * cell);
      text += `  >${line.replace(/[^ -~]/g, ".")}<`;
    }
    out += (index === 0 ? address : " ".repeat(address.length)) + text + "\n";
  });
  return out;
}

function chooseFormats(tool: Tool, args: Arguments): readonly Format[] {
  const texts: string[] = [];
  for (const { name, value } of args.list) {
    if (name === "t") texts.push(value ?? "");
    else if (SHORTHANDS[name] !== undefined && value === undefined) texts.push(SHORTHANDS[name]);
  }
  if (texts.length === 0) texts.push("o2");
  const formats: Format[] = [];
  for (const text of texts) {
    let rest = text;
    while (rest !== "") {
      const found = /^(?:([ac])|([doux])([1248CSIL]?))(z?)/.exec(rest);
      if (!found)
        throw tool.fail(`invalid character '${rest[0]}' in type string ${quoteText(text)}`);
      rest = rest.slice(found[0].length);
      formats.push(makeFormat(found[1], found[2], found[3], found[4] === "z"));
    }
  }
  return formats;
}

function makeFormat(
  named: string | undefined,
  radix: string | undefined,
  size: string | undefined,
  trailer: boolean,
): Format {
  if (named === "a") {
    return {
      bytes: 1,
      width: 3,
      trailer,
      show: ([byte = 0]) =>
        (byte & 127) === 127 ? "del" : (NAMES[byte & 127] ?? String.fromCharCode(byte & 127)),
    };
  }
  if (named === "c") {
    return {
      bytes: 1,
      width: 3,
      trailer,
      show: ([byte = 0]) =>
        ESCAPES[byte] ??
        (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0")),
    };
  }
  const letters: Record<string, number> = { C: 1, S: 2, I: 4, L: 8, "": 4 };
  const bytes = letters[size ?? ""] ?? Number(size);
  const whole = (unit: readonly number[]) =>
    unit.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if (radix === "d")
    return {
      bytes,
      trailer,
      width: (DECIMAL_WIDTHS[bytes] as number) + 1,
      show: (unit) => String(BigInt.asIntN(8 * bytes, whole(unit))),
    };
  if (radix === "u")
    return {
      bytes,
      trailer,
      width: DECIMAL_WIDTHS[bytes] as number,
      show: (unit) => String(whole(unit)),
    };
  const digits = radix === "x" ? 2 * bytes : Math.ceil((8 * bytes) / 3);
  return {
    bytes,
    trailer,
    width: digits,
    show: (unit) =>
      whole(unit)
        .toString(radix === "x" ? 16 : 8)
        .padStart(digits, "0"),
  };
}
