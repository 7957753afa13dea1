/** How GNU programs show names in messages (gnulib quotearg), in the C locale. */
import { byteString } from "./bytes.ts";

/** No shell would take these for anything but text; a lone brace is a word of its own. */
const PLAIN = /^(?![{}]$)[A-Za-z0-9_./,+@%\]{}-][A-Za-z0-9_./,+@%\]{}~#-]*$/;
const ESCAPES: Record<string, string> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

function octal(char: string): string {
  return ESCAPES[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
}

/** `'name'` in shell syntax, always quoted: `cannot access 'x'`. */
export function quoteName(name: string): string {
  const bytes = byteString(name);
  if (/[\x00-\x1f\x7f-\xff]/.test(bytes)) {
    const runs = bytes.match(/[\x00-\x1f\x7f-\xff]+|[^\x00-\x1f\x7f-\xff]+/g) ?? [];
    let out = "";
    for (const run of runs) {
      if (/^[\x00-\x1f\x7f-\xff]/.test(run)) out += `$'${[...run].map(octal).join("")}'`;
      else out += `'${run.replace(/'/g, "'\\''")}'`;
    }
    return bytes.startsWith("'") || out.startsWith("$") ? `''${out}` : out;
  }
  if (bytes.includes("'")) {
    if (!/["$`\\!]/.test(bytes)) return `"${bytes}"`;
    return `'${bytes.replace(/'/g, "'\\''")}'`;
  }
  return `'${bytes}'`;
}

/** Quoted only where a shell would need it: `cat: x: …`, `cat: 'a b': …`. */
export function quoteIfNeeded(name: string): string {
  return PLAIN.test(name) ? name : quoteName(name);
}

/** Stand for the quotation marks of the locale until the message is printed. */
const OPEN = "\ue000";
const CLOSE = "\ue001";

/**
 * Text with C escapes between the locale's quotation marks, for option arguments:
 * `invalid number of lines: 'x'`. What contains it is printed through `localiseQuotes`.
 */
export function quoteText(text: string): string {
  const escaped = byteString(text).replace(/[\x00-\x1f\x7f-\xff'\\]/g, (char) =>
    char === "'" || char === "\\" ? `\\${char}` : octal(char),
  );
  return OPEN + escaped + CLOSE;
}

/** A message with its quotation marks: ' in the C locale, ‘ and ’ where there is UTF-8. */
export function localiseQuotes(message: string, env: ReadonlyMap<string, string>): string {
  if (!message.includes(OPEN)) return message;
  const [open, close] = isUtf8(env) ? ["‘", "’"] : ["'", "'"];
  return message.replaceAll(OPEN, open).replaceAll(CLOSE, close);
}

/** Whether characters are UTF-8 sequences or bytes, as LC_ALL, LC_CTYPE and LANG say. */
export function isUtf8(env: ReadonlyMap<string, string>): boolean {
  const locale = env.get("LC_ALL") || env.get("LC_CTYPE") || env.get("LANG") || "C";
  return /utf-?8/i.test(locale);
}

/** How `ls` shows a name on a terminal: quoted where a shell would need it (a colon needs none). */
export function shellEscape(name: string): string {
  return PLAIN.test(name.replaceAll(":", "")) || name === ":" ? byteString(name) : quoteName(name);
}
