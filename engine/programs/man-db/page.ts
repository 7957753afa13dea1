/** A manual page from what a program says of itself. */
import type { ProgramDocs } from "../../kernel/process/program.ts";

const INDENT = 7;
const TAG_WIDTH = 7;

/** Bold and underlined words are `\x1b[1m…` when `styled`. */
export function renderPage(
  name: string,
  section: string,
  docs: ProgramDocs,
  columns: number,
  styled: boolean,
): readonly string[] {
  const bold = (text: string) => (styled ? `\x1b[1m${text}\x1b[0m` : text);
  const width = Math.max(40, Math.min(columns, 100));
  const title = `${name.toUpperCase()}(${section})`;
  const middle = section === "8" ? "System Administration" : "User Commands";
  const lines: string[] = [header(title, middle, width), ""];
  const add = (heading: string, body: readonly string[]) => {
    if (body.length > 0) lines.push(bold(heading), ...body, "");
  };
  const indent = " ".repeat(INDENT);
  add("NAME", wrap(`${name} - ${docs.summary}`, width, INDENT, INDENT));
  add(
    "SYNOPSIS",
    docs.synopsis
      .split("\n")
      .flatMap((line) => wrap(line, width, INDENT, INDENT + name.length + 1)),
  );
  add(
    "OPTIONS",
    (docs.options ?? []).flatMap(([flags, meaning], index) => {
      const body = wrap(meaning, width, INDENT + TAG_WIDTH, INDENT + TAG_WIDTH);
      const gap = index > 0 ? [""] : [];
      if (flags.length < TAG_WIDTH - 1 && body.length > 0) {
        const [first = "", ...rest] = body;
        const tag = `${indent}${bold(flags)}${" ".repeat(TAG_WIDTH - flags.length)}`;
        return [...gap, tag + first.trimStart(), ...rest];
      }
      return [...gap, indent + bold(flags), ...body];
    }),
  );
  add(
    "EXAMPLES",
    (docs.examples ?? []).map((line) => indent + line),
  );
  add(
    "LIMITATIONS",
    (docs.limitations ?? []).flatMap((text, index) => [
      ...(index > 0 ? [""] : []),
      ...wrap(text, width, INDENT, INDENT),
    ]),
  );
  lines.push(header("Podwire", "", width).replace(/Podwire$/, title));
  return lines;
}

/** The title at both ends, the section's name in the middle. */
function header(title: string, middle: string, width: number): string {
  const left = Math.max(1, Math.floor((width - middle.length) / 2) - title.length);
  const text = title + " ".repeat(left) + middle;
  return `${text}${" ".repeat(Math.max(1, width - text.length - title.length))}${title}`;
}

function wrap(text: string, width: number, first: number, rest: number): readonly string[] {
  const lines: string[] = [];
  let line = " ".repeat(first);
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(rest);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
