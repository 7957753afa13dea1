/** How bash writes text so that it can be read back as one word. */

const CONTROL = /[\0-\x1f\x7f\udc80-\udcff]/;

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\x1b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** `$'…'` */
function ansiQuote(text: string): string {
  let out = "$'";
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (char === "'" || char === "\\") out += `\\${char}`;
    else if (ESCAPES[char]) out += ESCAPES[char];
    else if (code < 32 || code === 127) out += octal(code);
    else if (code >= 0xdc80 && code <= 0xdcff) out += octal(code - 0xdc00);
    else out += char;
  }
  return `${out}'`;
}

function octal(code: number): string {
  return `\\${code.toString(8).padStart(3, "0")}`;
}

/** `printf %q`, and completion: backslashes where needed. */
export function backslashQuote(text: string): string {
  if (text === "") return "''";
  if (CONTROL.test(text)) return ansiQuote(text);
  return text.replace(/[ \t\n'"\\|&;()<>!{}*[\]?^$`,]/g, "\\$&").replace(/^[#~]/, "\\$&");
}

/** Single quotes; `'` itself as `'\''`. As `alias`, `set` and `${x@Q}` print. */
export function singleQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `${x@Q}`, `trap -p` */
export function quoteForReuse(text: string): string {
  return CONTROL.test(text) ? ansiQuote(text) : singleQuote(text);
}

/** `declare -p`: double quotes, or `$'…'` for control characters. */
export function doubleQuote(text: string): string {
  return CONTROL.test(text) ? ansiQuote(text) : `"${text.replace(/["\\$`]/g, "\\$&")}"`;
}

/** `set -x` and `set`: quoted only when needed. */
export function quoteIfNeeded(text: string): string {
  if (text === "") return "''";
  if (CONTROL.test(text)) return ansiQuote(text);
  return /[\s'"\\|&;()<>!{}*[\]?^$`]/.test(text) || /^[#~]/.test(text) ? singleQuote(text) : text;
}
