/** Alias substitution, on the text of a line before it is run. */
import { forEachChild, parse, type Command, type SyntaxNode } from "unbash";
import type { Shell } from "./shell.ts";

export function expandAliases(shell: Shell, text: string): string {
  if (shell.aliases.size === 0) return text;
  if (shell.isBash && !shell.options.shell("expand_aliases")) return text;
  return substitute(shell, text, new Set());
}

function substitute(shell: Shell, text: string, seen: ReadonlySet<string>): string {
  if (seen.size > 50) return text;
  const edits: { pos: number; end: number; text: string }[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === "Command") collect(shell, node, seen, edits);
    forEachChild(node, visit);
  };
  parse(text).commands.forEach(visit);
  edits.sort((a, b) => b.pos - a.pos);
  for (const edit of edits) text = text.slice(0, edit.pos) + edit.text + text.slice(edit.end);
  return text;
}

function collect(
  shell: Shell,
  command: Command,
  seen: ReadonlySet<string>,
  edits: { pos: number; end: number; text: string }[],
): void {
  // After an alias that ends in a blank the next word is looked up too.
  const words = command.name ? [command.name, ...command.args] : [];
  for (const word of words) {
    if (word.type !== "Word") return;
    const value = word.parts === undefined ? shell.aliases.get(word.text) : undefined;
    if (value === undefined || seen.has(word.text)) return;
    const expanded = substitute(shell, value, new Set([...seen, word.text]));
    edits.push({ pos: word.pos, end: word.end, text: expanded });
    if (!/[ \t]$/.test(value)) return;
  }
}
