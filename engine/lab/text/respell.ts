import type { TextResult } from "./words.ts";

/** The line as it would be printed; a line that cannot be read stays as it is. */
export function respell<T>(
  text: string,
  parse: (text: string) => TextResult<T>,
  format: (value: T) => string,
): string {
  const result = parse(text);
  return result.ok ? format(result.value) : text;
}
