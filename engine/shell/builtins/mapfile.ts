/** mapfile, also called readarray. */
import { readAll } from "../../programs/support/streams.ts";
import { decodeBytes } from "../bytes.ts";
import { setVariable } from "../shell-variables.ts";
import { isName } from "../variables.ts";
import { fail, parseOptions, type Builtin } from "./builtin.ts";

function mapfile(name: string): Builtin {
  return {
    name,
    synopsis:
      "[-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    summary: "Read lines from the standard input into an indexed array variable.",
    *run(call) {
      const { shell } = call;
      const parsed = yield* parseOptions(call, "d:n:O:s:tu:C:c:");
      if (!parsed) return 2;
      const { options, operands } = parsed;
      const array = operands[0] ?? "MAPFILE";
      if (!isName(array)) return yield* fail(call, `\`${array}': not a valid identifier`);
      if (options.has("C")) return yield* fail(call, "Podwire does not model the option -C");
      const text = decodeBytes(yield* readAll(shell.sys, Number(options.get("u") ?? 0)));
      const delimiter = options.get("d") === "" ? "\0" : (options.get("d")?.charAt(0) ?? "\n");
      const limit = Number(options.get("n") ?? 0);
      let lines = splitLines(text, delimiter).slice(Number(options.get("s") ?? 0));
      if (limit > 0) lines = lines.slice(0, limit);
      if (options.has("t")) {
        lines = lines.map((line) => (line.endsWith(delimiter) ? line.slice(0, -1) : line));
      }
      const origin = Number(options.get("O") ?? 0);
      if (!options.has("O")) shell.variables.setArray(array, []);
      lines.forEach((line, index) => setVariable(shell, array, String(origin + index), line));
      return 0;
    },
  };
}

/** Lines with their delimiter. */
function splitLines(text: string, delimiter: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(delimiter, start);
    const next = end < 0 ? text.length : end + 1;
    lines.push(text.slice(start, next));
    start = next;
  }
  return lines;
}

export const mapfileBuiltins: readonly Builtin[] = [mapfile("mapfile"), mapfile("readarray")];
