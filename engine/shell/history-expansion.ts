/** `!!`, `!$`, `!42`, `!ping`, `^old^new^`: history expansion, before a line is parsed. */
import type { History } from "./history.ts";

export type HistoryExpansion =
  | { readonly line: string; readonly changed: boolean; readonly printOnly: boolean }
  | { readonly error: string };

class NotFound {
  constructor(readonly message: string) {}
}

export function expandHistory(line: string, history: History): HistoryExpansion {
  try {
    if (line.startsWith("^")) {
      const [, from = "", to = ""] = line.split("^");
      const previous = history.entries.at(-1)?.line;
      if (previous === undefined || !previous.includes(from)) {
        throw new NotFound(":s" + line + ": substitution failed");
      }
      return { line: previous.replace(from, () => to), changed: true, printOnly: false };
    }
    return new Expander(line, history).run();
  } catch (error) {
    if (error instanceof NotFound) return { error: error.message };
    throw error;
  }
}

class Expander {
  private at = 0;
  private changed = false;
  private printOnly = false;

  constructor(
    private readonly line: string,
    private readonly history: History,
  ) {}

  run(): HistoryExpansion {
    let out = "";
    let inDouble = false;
    while (this.at < this.line.length) {
      const char = this.line[this.at] as string;
      if (char === "\\") {
        out += this.line.slice(this.at, this.at + 2);
        this.at += 2;
      } else if (char === "'" && !inDouble) {
        const end = this.line.indexOf("'", this.at + 1);
        const stop = end < 0 ? this.line.length : end + 1;
        out += this.line.slice(this.at, stop);
        this.at = stop;
      } else if (char === "!" && this.isEvent(inDouble)) {
        this.at += 1;
        out += this.event(out);
        this.changed = true;
      } else {
        if (char === '"') inDouble = !inDouble;
        out += char;
        this.at += 1;
      }
    }
    return { line: out, changed: this.changed, printOnly: this.printOnly };
  }

  private isEvent(inDouble: boolean): boolean {
    const next = this.line[this.at + 1];
    if (next === undefined || /[\s=(]/.test(next) || (inDouble && next === '"')) return false;
    // `$!` and `${!x}` are parameters.
    const before = this.line[this.at - 1];
    return before !== "$" && !(before === "{" && this.line[this.at - 2] === "$") && before !== "[";
  }

  private event(soFar: string): string {
    const start = this.at;
    const source = this.eventLine(soFar);
    if (source === undefined) {
      throw new NotFound(`!${this.line.slice(start, this.at)}: event not found`);
    }
    let text = this.selectWords(source, start);
    for (;;) {
      const modified = this.modifier(text);
      if (modified === undefined) return text;
      text = modified;
    }
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.line.slice(this.at));
    if (!found || found.index !== 0) return undefined;
    this.at += found[0].length;
    return found;
  }

  private eventLine(soFar: string): string | undefined {
    const { entries } = this.history;
    if (this.take(/^!/)) return entries.at(-1)?.line;
    if (this.take(/^#/)) return soFar;
    const number = this.take(/^-?\d+/)?.[0];
    if (number !== undefined) {
      const wanted = Number(number);
      if (wanted < 0) return entries.at(wanted)?.line;
      return entries.find((entry) => entry.number === wanted)?.line;
    }
    // A word designator alone is of the last command.
    if (/^[:$^*]/.test(this.line.slice(this.at))) return entries.at(-1)?.line;
    const containing = this.take(/^\?([^?\n]*)\??/);
    if (containing)
      return entries.findLast((entry) => entry.line.includes(containing[1] as string))?.line;
    const prefix = this.take(/^[^\s:;&|()<>"'$^*!]+/)?.[0] ?? "";
    return entries.findLast((entry) => entry.line.startsWith(prefix))?.line;
  }

  private selectWords(source: string, start: number): string {
    const found = this.take(/^:?([$^*])|^:(\d+)?(-)?(\d+|\$)?(\*)?(?=[^\w]|$)|^:(\d+)/);
    if (!found) return source;
    if (found[0] === ":") {
      this.at -= 1;
      return source;
    }
    const words = splitWords(source);
    const last = words.length - 1;
    const [, single, from, dash, to, star, lone] = found;
    let range: readonly string[];
    if (single === "*") range = words.slice(1);
    else if (single === "^") range = words.slice(1, 2);
    else if (single === "$") range = words.slice(-1);
    else if (lone !== undefined) range = words.slice(Number(lone), Number(lone) + 1);
    else if (star) range = words.slice(Number(from));
    else if (dash) {
      const end = to === undefined ? last - 1 : to === "$" ? last : Number(to);
      range = words.slice(Number(from ?? 0), end + 1);
    } else {
      const index = to === "$" ? last : Number(from ?? to);
      range = words.slice(index, index + 1);
    }
    if (range.length === 0 && single !== "*") {
      throw new NotFound(`!${this.line.slice(start, this.at)}: bad word specifier`);
    }
    return range.join(" ");
  }

  private modifier(text: string): string | undefined {
    const substitution = this.take(/^:(g?)s(.)(.*?)\2(.*?)(?:\2|$)/);
    if (substitution) {
      const [, global, , from, to] = substitution as unknown as string[];
      if (!text.includes(from as string)) throw new NotFound(`:s: substitution failed`);
      return global
        ? text.replaceAll(from as string, () => to as string)
        : text.replace(from as string, () => to as string);
    }
    const letter = this.take(/^:([htrepq])/)?.[1];
    switch (letter) {
      case "h":
        return text.includes("/") ? text.slice(0, text.lastIndexOf("/")) : text;
      case "t":
        return text.slice(text.lastIndexOf("/") + 1);
      case "r":
        return text.replace(/\.[^./]*$/, "");
      case "e":
        return /\.[^./]*$/.exec(text)?.[0] ?? "";
      case "q":
        return `'${text.replaceAll("'", "'\\''")}'`;
      case "p":
        this.printOnly = true;
        return text;
      default:
        return undefined;
    }
  }
}

/** Words as the shell would see them, quotes kept; operators are words. */
export function splitWords(line: string): string[] {
  const pattern = /(?:[^\s;&|()<>"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"?|'[^']*'?)+|[;&|<>]+|[()]/g;
  return [...line.matchAll(pattern)].map((found) => found[0]);
}
