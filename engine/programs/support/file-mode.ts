/** File modes as text (`drwxr-xr-x`) and as chmod(1) reads them (`u+rwX,go=r`, `0644`). */
import type { FileKind, Stat } from "../../kernel/process/sys.ts";

const KIND_LETTERS: Record<FileKind, string> = {
  file: "-",
  directory: "d",
  symlink: "l",
  char: "c",
  fifo: "p",
  socket: "s",
};

/** As `ls -l` shows it. */
export function modeText(stat: Pick<Stat, "kind" | "mode">): string {
  const { mode } = stat;
  const special = [
    [0o4000, "s"],
    [0o2000, "s"],
    [0o1000, "t"],
  ] as const;
  let text = KIND_LETTERS[stat.kind];
  special.forEach(([bit, letter], index) => {
    const bits = (mode >> (6 - 3 * index)) & 7;
    text += bits & 4 ? "r" : "-";
    text += bits & 2 ? "w" : "-";
    if (mode & bit) text += bits & 1 ? letter : letter.toUpperCase();
    else text += bits & 1 ? "x" : "-";
  });
  return text;
}

/** Applies a chmod(1) mode; undefined: it is malformed. */
export function applyMode(
  text: string,
  mode: number,
  isDirectory: boolean,
  umask: number,
): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const typed = Number.parseInt(text, 8);
    if (typed > 0o7777) return undefined;
    // Fewer than five digits leave a directory's set-id bits alone.
    return isDirectory && text.length < 5 ? typed | (mode & 0o6000) : typed;
  }
  let result = mode;
  for (const clause of text.split(",")) {
    const found = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]|[0-7]+))+)$/.exec(clause);
    if (!found) return undefined;
    const who = found[1] ?? "";
    for (const action of (found[2] as string).match(/[-+=][^-+=]*/g) ?? []) {
      result = applyAction(action, who, result, isDirectory, umask);
    }
  }
  return result;
}

const CLASSES = { u: 0o4700, g: 0o2070, o: 0o1007 };

function applyAction(
  action: string,
  who: string,
  mode: number,
  isDirectory: boolean,
  umask: number,
): number {
  const operator = action[0];
  const letters = action.slice(1);
  const everyone = who === "" || who.includes("a");
  let affected = 0;
  for (const [letter, mask] of Object.entries(CLASSES)) {
    if (everyone || who.includes(letter)) affected |= mask;
  }
  if (everyone) affected |= 0o7777;
  let bits = 0;
  const spread = (value: number) => value | (value << 3) | (value << 6);
  if (/^[0-7]+$/.test(letters)) bits = Number.parseInt(letters, 8);
  for (const letter of letters) {
    if (letter === "r") bits |= 0o444;
    else if (letter === "w") bits |= 0o222;
    else if (letter === "x") bits |= 0o111;
    else if (letter === "X") bits |= isDirectory || mode & 0o111 ? 0o111 : 0;
    else if (letter === "s") bits |= 0o6000;
    else if (letter === "t") bits |= 0o1000;
    else if (letter === "u") bits |= spread((mode >> 6) & 7);
    else if (letter === "g") bits |= spread((mode >> 3) & 7);
    else if (letter === "o") bits |= spread(mode & 7);
  }
  bits &= affected;
  if (who === "") bits &= ~umask;
  if (operator === "+") return mode | bits;
  if (operator === "-") return mode & ~bits;
  return (mode & ~(affected & (isDirectory ? 0o1777 : 0o7777))) | bits;
}
