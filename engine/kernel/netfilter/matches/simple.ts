/** Building blocks of matches that have one value. */
import type { MatchDefinition, Names } from "../xtables/extension.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { missingOption } from "../xtables/options.ts";

interface OneValue<T> {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  /** Option → how it is told apart when there are several. */
  readonly options: readonly string[];
  parse(value: string, option: string): T | undefined;
  /** The words for a bad value. */
  bad(value: string, option: string): string;
  save(value: T, negated: boolean): string;
  list(value: T, negated: boolean, names: Names | undefined): string;
  check?: MatchDefinition<unknown>["check"];
  tracksConnections?: boolean;
  /** The words when nothing was said, if not the usual ones. */
  missing?: string;
  evaluate(value: T, context: HookContext): boolean;
}

/** A match that is one option with one argument. */
export function oneValueMatch<T>(definition: OneValue<T>): MatchDefinition<unknown> {
  const { name, options } = definition;
  return defineMatch<{ readonly value: T; readonly negated: boolean }>({
    name,
    docs: { summary: definition.summary, examples: [definition.example] },
    options: Object.fromEntries(options.map((option) => [option, "argument" as const])),
    negatable: options,
    exclusive: [options],
    tracksConnections: definition.tracksConnections ?? false,
    parse(typed) {
      const option = typed.at(-1);
      if (!option && definition.missing !== undefined) throw new UsageError(definition.missing);
      if (!option) throw missingOption(name, options[0] as string);
      const value = definition.parse(option.value, option.name);
      if (value === undefined) throw new UsageError(definition.bad(option.value, option.name));
      return { value, negated: option.negated };
    },
    save: ({ value, negated }) => definition.save(value, negated),
    list: ({ value, negated }, names) => definition.list(value, negated, names),
    check: definition.check ?? (() => true),
    evaluate: ({ value, negated }, context) => definition.evaluate(value, context) !== negated,
  });
}
