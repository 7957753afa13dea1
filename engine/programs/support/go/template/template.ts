/** Go's text/template, over reflected values. https://pkg.go.dev/text/template */
import type { GoValue } from "../type.ts";
import { execute, type MissingKey } from "./execute.ts";
import { BUILTINS, type TemplateFunction } from "./functions.ts";
import type { ListNode } from "./node.ts";
import { parse } from "./parse.ts";

export interface Template {
  readonly root: ListNode;
  /** The text made of a value. Throws TemplateError. */
  execute(data: GoValue | null, missingKey?: MissingKey): string;
}

/** Throws TemplateError. */
export function parseTemplate(
  name: string,
  source: string,
  extra: Readonly<Record<string, TemplateFunction>> = {},
): Template {
  const functions = { ...BUILTINS, ...extra };
  const templates = parse(name, source, (word) => Object.hasOwn(functions, word));
  return {
    root: templates.get(name) ?? [],
    execute: (data, missingKey = "default") =>
      execute({ name, source, templates, functions, missingKey }, data),
  };
}
