import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { TemplateError } from "../../programs/support/go/template/parse.ts";
import { CliError, errorText, type Cli } from "./cli.ts";
import { createInspector, type Inspected, type Inspector } from "./inspect.ts";

/** EX_USAGE: the template is not one. */
const TEMPLATE_STATUS = 64;

/** Shows what is found of the names; what is not is told after it. */
export function* inspectAll(
  cli: Cli,
  names: readonly string[],
  format: string,
  find: (name: string) => Inspected,
): Blocking<number> {
  const inspector = inspectorFor(cli, format);
  const errors: string[] = [];
  for (const name of names) {
    try {
      inspector.add(find(name));
    } catch (error) {
      errors.push(error instanceof TemplateError ? error.message : errorText(error));
    }
  }
  yield* cli.print(inspector.text());
  if (errors.length === 0) return 0;
  yield* cli.printError(`${errors.join("\n")}\n`);
  return 1;
}

function inspectorFor(cli: Cli, format: string): Inspector {
  try {
    return createInspector(format, cli.version);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(error.message, TEMPLATE_STATUS);
  }
}
