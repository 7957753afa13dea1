/** umask, ulimit, times. */
import type { Sys } from "../../kernel/process/sys.ts";
import { fail, failUsage, parseOptions, print, type Builtin } from "./builtin.ts";

const umask: Builtin = {
  name: "umask",
  posix: true,
  synopsis: "[-p] [-S] [mode]",
  summary: "Display or set file mode mask.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "pS" : "S");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    const [mode] = operands;
    if (mode !== undefined) {
      const mask = /^[0-7]{1,4}$/.test(mode)
        ? parseInt(mode, 8)
        : symbolicMask(mode, shell.sys.umask());
      if (mask === undefined) {
        const text = /^\d/.test(mode)
          ? `${mode}: octal number out of range`
          : `\`${mode.charAt(0)}': invalid symbolic mode operator`;
        return yield* fail(call, text);
      }
      shell.sys.umask(mask);
      if (options.has("S")) yield* print(call, `${symbolic(mask)}\n`);
      return 0;
    }
    const mask = shell.sys.umask();
    const shown = options.has("S") ? symbolic(mask) : mask.toString(8).padStart(4, "0");
    const head = options.has("p") ? `umask ${options.has("S") ? "-S " : ""}` : "";
    yield* print(call, `${head}${shown}\n`);
    return 0;
  },
};

function symbolic(mask: number): string {
  const allowed = 0o777 & ~mask;
  const triple = (shift: number): string => {
    const bits = (allowed >> shift) & 7;
    return (bits & 4 ? "r" : "") + (bits & 2 ? "w" : "") + (bits & 1 ? "x" : "");
  };
  return `u=${triple(6)},g=${triple(3)},o=${triple(0)}`;
}

/** `u=rwx,g-w`: what is allowed, not what is masked. */
function symbolicMask(text: string, old: number): number | undefined {
  let allowed = 0o777 & ~old;
  for (const clause of text.split(",")) {
    const found = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!found) return undefined;
    const [, who, operator, letters] = found as unknown as [string, string, string, string];
    const bits =
      (letters.includes("r") ? 4 : 0) |
      (letters.includes("w") ? 2 : 0) |
      (letters.includes("x") ? 1 : 0);
    const all = who === "" || who.includes("a");
    for (const [letter, shift] of [
      ["u", 6],
      ["g", 3],
      ["o", 0],
    ] as const) {
      if (!all && !who.includes(letter)) continue;
      if (operator === "+") allowed |= bits << shift;
      else if (operator === "-") allowed &= ~(bits << shift);
      else allowed = (allowed & ~(7 << shift)) | (bits << shift);
    }
  }
  return 0o777 & ~allowed;
}

/** Letter, name as `ulimit -a` shows it, unit, limit: what Debian gives root. */
const LIMITS: readonly (readonly [string, string, string, string])[] = [
  ["R", "real-time non-blocking time", "microseconds", "unlimited"],
  ["c", "core file size", "blocks", "0"],
  ["d", "data seg size", "kbytes", "unlimited"],
  ["e", "scheduling priority", "", "0"],
  ["f", "file size", "blocks", "unlimited"],
  ["i", "pending signals", "", "7823"],
  ["l", "max locked memory", "kbytes", "255404"],
  ["m", "max memory size", "kbytes", "unlimited"],
  ["n", "open files", "", "1024"],
  ["p", "pipe size", "512 bytes", "8"],
  ["q", "POSIX message queues", "bytes", "819200"],
  ["r", "real-time priority", "", "0"],
  ["s", "stack size", "kbytes", "8192"],
  ["t", "cpu time", "seconds", "unlimited"],
  ["u", "max user processes", "", "7823"],
  ["v", "virtual memory", "kbytes", "unlimited"],
  ["x", "file locks", "", "unlimited"],
];

/** The number of open files is the one that the kernel knows. */
function limits(sys: Sys): typeof LIMITS {
  const [, files] = /^Max open files +(\d+)/m.exec(sys.readTextFile("/proc/self/limits")) ?? [];
  return LIMITS.map(([letter, name, unit, value]) => {
    return [letter, name, unit, letter === "n" ? (files ?? value) : value] as const;
  });
}

const ulimit: Builtin = {
  name: "ulimit",
  posix: true,
  synopsis: "[-SHabcdefiklmnpqrstuvxPRT] [limit]",
  summary: "Modify shell resource limits.",
  *run(call) {
    const letters = call.args
      .filter((word) => word.startsWith("-"))
      .join("")
      .replaceAll("-", "");
    const operand = call.args.find((word) => !word.startsWith("-"));
    const unknown = [...letters].find(
      (letter) => !"SHa".includes(letter) && !LIMITS.some(([known]) => known === letter),
    );
    if (unknown !== undefined) return yield* failUsage(call, `-${unknown}: invalid option`);
    if (operand !== undefined)
      return yield* fail(call, "Podwire does not model changing resource limits");
    if (letters.includes("a")) {
      for (const [letter, name, unit, value] of limits(call.shell.sys)) {
        const option = `(${unit === "" ? "" : `${unit}, `}-${letter})`;
        yield* print(call, `${name}${option.padStart(44 - name.length)} ${value}\n`);
      }
      return 0;
    }
    const wanted = [...letters].filter((letter) => !"SH".includes(letter));
    for (const letter of wanted.length > 0 ? wanted : ["f"]) {
      yield* print(
        call,
        `${limits(call.shell.sys).find(([known]) => known === letter)?.[3] ?? "unlimited"}\n`,
      );
    }
    return 0;
  },
};

const times: Builtin = {
  name: "times",
  posix: true,
  special: true,
  synopsis: "",
  summary: "Display process times.",
  *run(call) {
    // The emulated processor takes no time.
    const zero = call.shell.isBash ? "0m0.000s" : "0m0.000000s";
    yield* print(call, `${zero} ${zero}\n${zero} ${zero}\n`);
    return 0;
  },
};

export const systemBuiltins: readonly Builtin[] = [umask, ulimit, times];
