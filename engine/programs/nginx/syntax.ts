/** The syntax of nginx's configuration: directives, some with a block. */

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** What stands in its braces. */
  readonly block?: readonly Directive[];
  /** `FILE:LINE`, for complaints. */
  readonly at: string;
}

/** What is wrong, as nginx puts it after `nginx: [emerg] `. */
export class ConfigError extends Error {}

interface Token {
  readonly text: string;
  readonly line: number;
  /** A word, as against the marks `{ } ;`. */
  readonly isWord: boolean;
}

/** ConfigError */
export function parseDirectives(file: string, text: string): Directive[] {
  const tokens = tokenise(text);
  let at = 0;
  const lastLine = Math.max(1, text.split("\n").length - (text.endsWith("\n") ? 0 : 1));
  const ended = (expected: string): ConfigError =>
    new ConfigError(`unexpected end of file, expecting ${expected} in ${file}:${lastLine}`);

  const block = (isInner: boolean): Directive[] => {
    const directives: Directive[] = [];
    for (;;) {
      const first = tokens[at];
      if (!first) {
        if (isInner) throw ended('"}"');
        return directives;
      }
      if (first.text === "}" && !first.isWord) {
        if (!isInner) throw new ConfigError(`unexpected "}" in ${file}:${first.line}`);
        at += 1;
        return directives;
      }
      directives.push(directive());
    }
  };

  const directive = (): Directive => {
    const words: string[] = [];
    let line = tokens[at]?.line ?? lastLine;
    for (; tokens[at]?.isWord; at++) {
      words.push((tokens[at] as Token).text);
      line = (tokens[at] as Token).line;
    }
    const end = tokens[at];
    if (!end) throw ended(words.length > 0 ? '";" or "}"' : '"}"');
    const [name, ...args] = words;
    const place = `${file}:${end.line}`;
    if (name === undefined) throw new ConfigError(`unexpected "${end.text}" in ${place}`);
    at += 1;
    if (end.text === ";") return { name, args, at: `${file}:${line}` };
    if (end.text === "}") {
      throw new ConfigError(`directive "${name}" is not terminated by ";" in ${place}`);
    }
    return { name, args, block: block(true), at: place };
  };

  return block(false);
}

/** Words, quoted strings and the marks `{ } ;`. */
function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    for (const [token] of line.matchAll(
      /#.*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|(?:\$\{\w+\}|[^\s{};"'#])(?:\$\{\w+\}|[^\s{};])*/g,
    )) {
      if (token.startsWith("#")) continue;
      tokens.push({ text: unquote(token), line: index + 1, isWord: !/^[{};]$/.test(token) });
    }
  }
  return tokens;
}

function unquote(text: string): string {
  return /^["']/.test(text)
    ? text
        .slice(1, -1)
        .replace(/\\n/g, "\n")
        .replace(/\\(["'\\])/g, "$1")
    : text;
}
