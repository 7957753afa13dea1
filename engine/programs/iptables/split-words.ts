/** The words of a line of saved rules. */

const BLANK = /\s/;
const QUOTED = /["\\]/;

/** Words in double quotes may have blanks; a backslash protects the next character in them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    while (at < line.length && BLANK.test(line[at] as string)) at += 1;
    if (at === line.length) break;
    let end = at;
    while (end < line.length && !BLANK.test(line[end] as string)) end += 1;
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
    else if (!inQuotes && BLANK.test(character)) break;
    else word += character;
  }
  return { word, end: at };
}
