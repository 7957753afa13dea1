/** The words of a line of saved rules. */

const QUOTED = /["\\]/;

/** isspace(3) in the C locale. */
function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || (code >= 9 && code <= 13);
}

/** Words in double quotes may have blanks; a backslash protects the next character in them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    while (at < line.length && isBlank(line, at)) at += 1;
    if (at === line.length) break;
    let end = at;
    while (end < line.length && !isBlank(line, end)) end += 1;
    const word = line.slice(at, end);
    if (!QUOTED.test(word)) {
      words.push(word);
      at = end;
      continue;
    }
    const quoted = quotedWord(line, at);
    words.push(quoted.word);
    at = quoted.end;
  }
  return words;
}

/** A word with quotes in it, and where it ends. */
function quotedWord(line: string, start: number): { readonly word: string; readonly end: number } {
  let word = "";
  let inQuotes = false;
  let at = start;
  for (; at < line.length; at++) {
    const character = line[at] as string;
    if (inQuotes && character === "\\" && at + 1 < line.length) {
      at += 1;
      word += line[at];
    } else if (character === '"') inQuotes = !inQuotes;
    else if (!inQuotes && isBlank(line, at)) break;
    else word += character;
  }
  return { word, end: at };
}
