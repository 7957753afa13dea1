/** The words of a line of saved rules. */

const QUOTE = 34;
const BACKSLASH = 92;

/** isspace(3) in the C locale. */
function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Words in double quotes may have blanks; a backslash protects the next character in them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const { length } = line;
  let at = 0;
  for (;;) {
    while (at < length && isBlank(line.charCodeAt(at))) at += 1;
    if (at === length) return words;
    let end = at;
    let isQuoted = false;
    for (; end < length; end++) {
      const code = line.charCodeAt(end);
      if (isBlank(code)) break;
      if (code === QUOTE || code === BACKSLASH) {
        isQuoted = true;
        break;
      }
    }
    if (isQuoted) {
      const { word, end: after } = quotedWord(line, at);
      words.push(word);
      at = after;
    } else {
      words.push(line.slice(at, end));
      at = end;
    }
  }
}

/** A word with quotes in it, and where it ends. */
function quotedWord(line: string, start: number): { readonly word: string; readonly end: number } {
  let word = "";
  let inQuotes = false;
  /** Where the characters begin that are yet to be taken. */
  let from = start;
  let at = start;
  for (; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) {
      word += line.slice(from, at);
      from = at + 1;
      inQuotes = !inQuotes;
    } else if (inQuotes && code === BACKSLASH && at + 1 < line.length) {
      word += line.slice(from, at);
      at += 1;
      from = at;
    } else if (!inQuotes && isBlank(code)) break;
  }
  return { word: word + line.slice(from, at), end: at };
}
