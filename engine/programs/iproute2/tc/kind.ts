import type { QdiscOptions } from "../../../kernel/rtnetlink/messages.ts";
import type { Json } from "../support/json.ts";
import { Exit, type Args } from "../support/args.ts";

/** A queueing discipline's own words; a file each in kinds/. */
export interface QdiscKind {
  readonly name: string;
  parse(args: Args): QdiscOptions;
  /** What follows `refcnt N `; undefined: nothing. */
  print(options: QdiscOptions, details: boolean): string;
  /** The same as members of an object. */
  json(options: QdiscOptions): readonly (readonly [key: string, value: Json])[];
  /** Its own counters below the statistics, all zero, each with what stands before it. */
  readonly statistics?: readonly (readonly [name: string, before: string])[];
}

export function illegal(what: string): Exit {
  return new Exit(1, `Illegal "${what}"\n`);
}

export function invalid(message: string, argument: string): Exit {
  return new Exit(255, `Error: argument "${argument}" is wrong: ${message}\n`);
}

export function refused(what: string): Exit {
  return new Exit(1, `tc: Podwire does not model ${what}\n`);
}

/** A word that the discipline does not know, and its usage. */
export function unknownWord(word: string, usage: string): Exit {
  return new Exit(1, `What is "${word}"?\n${usage}`);
}
