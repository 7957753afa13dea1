/** From the text of a lab file to a lab that is known to make sense, or a list of what is wrong. */
import type { Problem } from "../../session.ts";
import { checkLab } from "./checks.ts";
import { migrate } from "./migrations.ts";
import { problemsOf, type SourceMap } from "./problems.ts";
import { labSchema, type LabFile } from "./schema.ts";
import { readYaml } from "./yaml-text.ts";

const PROBLEM_LIMIT = 50;

/** `source` knows where in the text each part of the lab stands. */
export type ParsedLab =
  | { readonly ok: true; readonly value: LabFile; readonly source: SourceMap }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseLab(text: string): ParsedLab {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const { source } = yaml;
  const migrated = migrate(yaml.data);
  if (!migrated.ok) {
    return { ok: false, problems: [source.problem(["podwire"], migrated.message)] };
  }
  const result = labSchema.safeParse(migrated.lab);
  if (!result.success) {
    return { ok: false, problems: problemsOf(result.error, migrated.lab, source) };
  }
  const problems: Problem[] = [];
  checkLab(result.data, (path, message) => {
    if (problems.length < PROBLEM_LIMIT) problems.push(source.problem(path, message));
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: result.data, source };
}
