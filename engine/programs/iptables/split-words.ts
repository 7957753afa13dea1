/** The words of a line of saved rules. */

/** Words in double quotes may have blanks; a backslash protects the next character in them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let inWord = false;
  let inQuotes = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string;
    if (inQuotes && character === "\\" && index + 1 < line.length) {
      index += 1;
      word += line[index];
    } else if (character === '"') {
      inQuotes = !inQuotes;
      inWord = true;
    } else if (!inQuotes && /\s/.test(character)) {
      if (inWord) words.push(word);
      word = "";
      inWord = false;
    } else {
      word += character;
      inWord = true;
    }
  }
  if (inWord) words.push(word);
  return words;
}
