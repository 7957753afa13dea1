/** Bytes of a terminal to keys: control characters, escape sequences, UTF-8, bracketed paste. */
import { decodeUtf8 } from "../../sim/utf8.ts";
import { sequenceLength } from "../bytes.ts";

export type Key =
  | { readonly kind: "text"; readonly text: string }
  /** `ctrl-a`, `alt-b`, `up`, `ctrl-left`, `delete` … */
  | { readonly kind: "key"; readonly name: string }
  | { readonly kind: "paste"; readonly text: string };

const CSI_FINAL: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "shift-tab",
};

const CSI_TILDE: Readonly<Record<string, string>> = {
  "1": "home",
  "2": "insert",
  "3": "delete",
  "4": "end",
  "5": "page-up",
  "6": "page-down",
  "7": "home",
  "8": "end",
};

/** A pasted text longer than this is cut. */
const MAX_PASTE = 65_536;
const PASTE_END = [0x1b, 0x5b, 0x32, 0x30, 0x31, 0x7e];

export class KeyDecoder {
  private pending: number[] = [];
  private paste: number[] | undefined;

  /** The key that this byte completes, if it does. */
  push(byte: number): Key | undefined {
    if (this.paste) return this.pushPaste(this.paste, byte);
    this.pending.push(byte);
    const key = this.decode(this.pending);
    if (key === "incomplete") {
      // No sequence is this long: forget it.
      if (this.pending.length > 16) this.pending = [];
      return undefined;
    }
    this.pending = [];
    return key;
  }

  private pushPaste(paste: number[], byte: number): Key | undefined {
    paste.push(byte);
    const ended = PASTE_END.every((each, index) => paste.at(index - PASTE_END.length) === each);
    if (!ended) {
      if (paste.length > MAX_PASTE + 6) paste.splice(0, 1);
      return undefined;
    }
    this.paste = undefined;
    const text = decodeUtf8(Uint8Array.from(paste.slice(0, -PASTE_END.length)));
    return { kind: "paste", text: text.replace(/\r\n?/g, "\n") };
  }

  private decode(bytes: readonly number[]): Key | "incomplete" | undefined {
    const [first = 0, second, ...rest] = bytes;
    if (first === 0x1b) return this.decodeEscape(second, rest);
    if (first === 0x7f) return key("backspace");
    if (first < 0x20) return key(CONTROL[first] ?? `ctrl-${String.fromCharCode(first + 96)}`);
    if (first < 0x80) return { kind: "text", text: String.fromCharCode(first) };
    if (bytes.length < sequenceLength(first)) return "incomplete";
    return { kind: "text", text: decodeUtf8(Uint8Array.from(bytes)) };
  }

  private decodeEscape(
    second: number | undefined,
    rest: readonly number[],
  ): Key | "incomplete" | undefined {
    if (second === undefined) return "incomplete";
    if (second === 0x1b) return undefined;
    if (second === 0x4f) {
      if (rest[0] === undefined) return "incomplete";
      return named(CSI_FINAL[String.fromCharCode(rest[0])]);
    }
    if (second === 0x5b) {
      const final = rest.at(-1);
      if (final === undefined || final < 0x40 || final > 0x7e) return "incomplete";
      return this.decodeCsi(String.fromCharCode(...rest.slice(0, -1)), String.fromCharCode(final));
    }
    if (second === 0x7f) return key("alt-backspace");
    if (second < 0x20) return key(`alt-ctrl-${String.fromCharCode(second + 96)}`);
    return second < 0x80 ? key(`alt-${String.fromCharCode(second).toLowerCase()}`) : undefined;
  }

  private decodeCsi(parameters: string, final: string): Key | undefined {
    if (final === "~" && parameters === "200") {
      this.paste = [];
      return undefined;
    }
    const [number = "", modifier] = parameters.split(";");
    const name = final === "~" ? CSI_TILDE[number] : CSI_FINAL[final];
    if (name === undefined) return undefined;
    const prefix = modifier === "5" ? "ctrl-" : modifier === "3" ? "alt-" : "";
    return key(prefix + name);
  }
}

const CONTROL: Readonly<Record<number, string>> = {
  0x00: "ctrl-@",
  0x08: "ctrl-h",
  0x09: "tab",
  0x0a: "enter",
  0x0d: "enter",
  0x1c: "ctrl-\\",
  0x1d: "ctrl-]",
  0x1e: "ctrl-^",
  0x1f: "ctrl-_",
};

function key(name: string): Key {
  return { kind: "key", name };
}

function named(name: string | undefined): Key | undefined {
  return name === undefined ? undefined : key(name);
}
