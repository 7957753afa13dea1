/** How a rule names a set: `NAME src,dst`. */
import { UsageError, type ParseContext } from "../xtables/extension.ts";
import type { SetDirection } from "./packet-element.ts";

export interface SetUse {
  readonly name: string;
  readonly directions: readonly SetDirection[];
}

/** IPSET_DIM_MAX */
const MAX_DIRECTIONS = 6;

/** Throws UsageError. */
export function parseSetUse(value: string, { setDimension }: ParseContext): SetUse {
  const [name = "", flags = ""] = value.split(" ");
  if (setDimension(name) === undefined) throw new UsageError(`Set ${name} doesn't exist.\n`);
  const words = flags.split(",");
  const directions = words.slice(0, MAX_DIRECTIONS).map((word) => {
    if (word !== "src" && word !== "dst") {
      throw new UsageError("You must spefify (the comma separated list of) 'src' or 'dst'.");
    }
    return word;
  });
  if (words.length > MAX_DIRECTIONS) {
    throw new UsageError(`Can't be more src/dst options than ${MAX_DIRECTIONS}.`);
  }
  return { name, directions };
}

export function formatSetUse({ name, directions }: SetUse): string {
  return `${name} ${directions.join(",")}`;
}
