/** From the text of a lab file to a lab that is known to make sense, or a list of what is wrong. */
import type { Outcome, Problem } from "../../session.ts";
import { checkLab } from "./checks.ts";
import { migrate } from "./migrations.ts";
import { problemsOf } from "./problems.ts";
import { labSchema, type LabFile } from "./schema.ts";
import { readYaml } from "./yaml-text.ts";

const PROBLEM_LIMIT = 50;

export function parseLab(text: string): Outcome<LabFile> {
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
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: result.data };
}
