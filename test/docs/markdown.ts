/** Pieces of Markdown tables. */

export function code(text: string): string {
  return `\`${cell(text)}\``;
}

export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
