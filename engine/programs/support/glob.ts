/** fnmatch(3): `*`, `?`, `[…]` and backslashes, as find -name and grep --include take them. */
import { byteString } from "./bytes.ts";
import { compileRegex, type Regex } from "./regex.ts";

/** Tests whole names (byte strings). A malformed bracket is text. */
export function globToRegex(glob: string, options: { readonly ignoreCase?: boolean } = {}): Regex {
  const text = byteString(glob);
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const bracket = /^\[[!^]?\]?(?:\[[:.=][^\]]*[:.=]\]|[^\]])*\]/.exec(text.slice(at))?.[0];
    if (char === "*") out += ".*";
    else if (char === "?") out += ".";
    else if (char === "[" && bracket) {
      out += bracket.replace(/^\[!/, "[^");
      at += bracket.length - 1;
    } else if (char === "\\" && at + 1 < text.length) {
      at += 1;
      out += quote(text[at] as string);
    } else out += quote(char);
  }
  return compileRegex(`^(${out})$`, { syntax: "extended", ...options });
}

function quote(char: string): string {
  return /[\\^$.[\]|()*+?{}]/.test(char) ? `\\${char}` : char;
}
