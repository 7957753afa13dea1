import type { Outcome, Problem } from "../session.ts";
import { parseLab } from "./file/parse.ts";
import { Lab } from "./lab.ts";

/** Reads a lab file and switches the lab on; refused, nothing is left of it. */
export function loadLab(text: string): Outcome<Lab> {
  const parsed = parseLab(text);
  if (!parsed.ok) return parsed;
  const problems: Problem[] = [];
  const lab = new Lab(parsed.value, (path, message) => {
    problems.push(parsed.source.problem(path, message));
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: lab };
}
