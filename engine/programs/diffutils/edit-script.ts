/** The shortest way to turn one list of lines into another. */

/** Lines `from` to `to` (exclusive, from 0) of each side stand against each other. */
export interface Change {
  readonly leftFrom: number;
  readonly leftTo: number;
  readonly rightFrom: number;
  readonly rightTo: number;
}

/** Beyond this many differing lines the rest counts as one change. */
const MAX_EDITS = 2000;

/** Myers, "An O(ND) difference algorithm", then slid down as GNU diff does. */
export function compareLines(left: readonly string[], right: readonly string[]): readonly Change[] {
  const [deleted, inserted] = markChanges(left, right);
  slide(left, deleted, inserted);
  slide(right, inserted, deleted);
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (!deleted[i] && !inserted[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const [leftFrom, rightFrom] = [i, j];
    while (deleted[i]) i += 1;
    while (inserted[j]) j += 1;
    changes.push({ leftFrom, leftTo: i, rightFrom, rightTo: j });
  }
  return changes;
}

function markChanges(left: readonly string[], right: readonly string[]): [boolean[], boolean[]] {
  const deleted = new Array<boolean>(left.length).fill(false);
  const inserted = new Array<boolean>(right.length).fill(false);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const trace = furthestPaths(left.slice(start, leftEnd), right.slice(start, rightEnd));
  let x = leftEnd - start;
  let y = rightEnd - start;
  if (!trace) {
    deleted.fill(true, start, leftEnd);
    inserted.fill(true, start, rightEnd);
    return [deleted, inserted];
  }
  for (let d = trace.length - 1; d > 0; d--) {
    const reach = trace[d - 1] as Map<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = reach.get(previousK) ?? 0;
    const previousY = previousX - previousK;
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      if (x === previousX + (down ? 0 : 1) && y === previousY + (down ? 1 : 0)) break;
    }
    if (down) inserted[start + previousY] = true;
    else deleted[start + previousX] = true;
    x = previousX;
    y = previousY;
  }
  return [deleted, inserted];
}

/** For each number of edits, how far each diagonal comes; undefined: too different. */
function furthestPaths(
  left: readonly string[],
  right: readonly string[],
): readonly Map<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(left.length + right.length, MAX_EDITS); d++) {
    const next = new Map<number, number>();
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < left.length && y < right.length && left[x] === right[y]) {
        x += 1;
        y += 1;
      }
      next.set(k, x);
      if (x >= left.length && y >= right.length) {
        trace.push(next);
        return trace;
      }
    }
    trace.push(next);
    reach = next;
  }
  return undefined;
}

/** A run of changed lines that could as well begin later does. */
function slide(lines: readonly string[], changed: boolean[], other: readonly boolean[]): void {
  let otherAt = 0;
  for (let at = 0; at < lines.length; at++) {
    if (!changed[at]) {
      while (other[otherAt]) otherAt += 1;
      otherAt += 1;
      continue;
    }
    let end = at;
    while (changed[end]) end += 1;
    let start = at;
    // Not past a change of the other side, or the two would no longer stand together.
    while (end < lines.length && lines[start] === lines[end] && !other[otherAt]) {
      changed[start] = false;
      changed[end] = true;
      start += 1;
      end += 1;
      otherAt += 1;
      while (changed[end]) end += 1;
    }
    at = end - 1;
  }
}
