/** The smallest case that still differs: lines are left out as long as the difference stays. */
import type { Case } from "./worlds.ts";

/** Every case with one line less, the last ones first; then without a part. */
function* smaller(one: Case): Generator<Case> {
  for (let at = one.length - 1; at >= 0; at--) {
    const part = one[at];
    if (!part) continue;
    if (part.how === "shell") yield one.toSpliced(at, 1);
    for (let line = part.lines.length - 1; line >= 0 && part.lines.length > 1; line--) {
      // A table has to be begun and committed.
      if (/^(\*|COMMIT)/.test(part.lines[line] ?? "")) continue;
      yield one.toSpliced(at, 1, { ...part, lines: part.lines.toSpliced(line, 1) });
    }
  }
}

export async function shrink(
  start: Case,
  differs: (one: Case) => Promise<boolean>,
  trials: number,
): Promise<Case> {
  let best = start;
  let left = trials;
  for (let progress = true; progress && left > 0;) {
    progress = false;
    for (const candidate of smaller(best)) {
      if (left-- <= 0) break;
      if (!(await differs(candidate))) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}
