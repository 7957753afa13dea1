import { C_ESCAPES } from "./c-escapes.ts";

/** Backslash escapes as echo(1), printf(1) and its %b read them, in byte strings. */
const SIMPLE: Record<string, string> = {
  ...C_ESCAPES,
  e: "\x1b",
  "\\": "\\",
};

export interface Expanded {
  readonly text: string;
  /** `\c` was met: nothing more is to be written. */
  readonly stopped: boolean;
}

/**
 * `echo`: octal is `\0NNN`; `printf`: `\NNN`, and `\"` is a quote; `%b`: either octal form.
 * Unknown escapes stay as they are.
 */
export function expandEscapes(text: string, style: "echo" | "printf" | "%b"): Expanded {
  let out = "";
  for (let at = 0; at < text.length;) {
    if (text[at] !== "\\" || at + 1 >= text.length) {
      out += text[at];
      at += 1;
      continue;
    }
    const rest = text.slice(at + 1, at + 11);
    const octal =
      style === "printf"
        ? /^([0-7]{1,3})/.exec(rest)
        : style === "echo"
          ? /^0([0-7]{0,3})/.exec(rest)
          : /^(?:0([0-7]{1,3})|([0-7]{1,3}))/.exec(rest);
    const hex = /^x([0-9A-Fa-f]{1,2})/.exec(rest);
    const unicode = /^(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/.exec(rest);
    if (rest.startsWith("c")) return { text: out, stopped: true };
    if (octal) {
      const digits = octal[1] ?? octal[2] ?? "";
      out += String.fromCharCode(Number.parseInt(digits || "0", 8) & 255);
      at += 1 + octal[0].length;
    } else if (hex) {
      out += String.fromCharCode(Number.parseInt(hex[1] as string, 16));
      at += 1 + hex[0].length;
    } else if (unicode && style !== "echo") {
      const code = Number.parseInt((unicode[1] ?? unicode[2]) as string, 16);
      // The C locale has no such characters: they are written as they were typed.
      out +=
        code < 128
          ? String.fromCharCode(code)
          : unicode[0]
              .toUpperCase()
              .replace(/^U(?=.{4}$)/, "\\u")
              .replace(/^U(?=.{8}$)/, "\\U");
      at += 1 + unicode[0].length;
    } else if (style !== "echo" && rest.startsWith('"')) {
      out += '"';
      at += 2;
    } else {
      const made = SIMPLE[rest.charAt(0)];
      out += made ?? `\\${rest.charAt(0)}`;
      at += 2;
    }
  }
  return { text: out, stopped: false };
}
