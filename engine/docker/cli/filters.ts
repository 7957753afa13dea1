/** `--filter NAME=VALUE`, as often as wanted. */
import type { Filters } from "../api/filters.ts";
import { CliError } from "./cli.ts";

/** Why a filter is refused; undefined: it is fine. */
export function filterProblem(text: string): string | undefined {
  return text === "" || text.includes("=")
    ? undefined
    : "invalid argument format: filters should be key=value";
}

export function parseFilters(texts: readonly string[]): Filters {
  const filters: Record<string, string[]> = {};
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (text === "") continue;
    if (equals < 0) throw new CliError("bad format of filter (expected name=value)");
    const name = text.slice(0, equals).trim().toLowerCase();
    (filters[name] ??= []).push(text.slice(equals + 1).trim());
  }
  return filters;
}
