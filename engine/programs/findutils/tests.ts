/** find's tests: each makes a predicate from its argument. */
import type { FileKind } from "../../kernel/process/sys.ts";
import { findGroup, findUser, groups, users } from "../support/accounts.ts";
import { byteString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { isSameFile } from "../support/copying.ts";
import { parseDate } from "../support/date-parser.ts";
import { applyMode } from "../support/file-mode.ts";
import { globToRegex } from "../support/glob.ts";
import { compileRegex } from "../support/regex.ts";
import { quoteText } from "../support/quote.ts";
import { reason } from "../support/tool.ts";
import type { Primary, Visit } from "./expression.ts";
import type { FindContext } from "./parse.ts";

type Check = (visit: Visit) => boolean;
type Maker = (argument: string, context: FindContext, name: string, dayStart: boolean) => Check;

const KINDS: Record<string, FileKind | "block" | "door"> = {
  f: "file",
  d: "directory",
  l: "symlink",
  p: "fifo",
  s: "socket",
  c: "char",
  b: "block",
  D: "door",
};

const SIZE_UNITS: Record<string, number> = {
  "": 512,
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/** `5`, `+5`, `-5`: equal, more, less. */
function comparison(text: string): ((value: number) => boolean) | undefined {
  const found = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(text);
  if (!found) return undefined;
  const wanted = Number(found[2]);
  if (found[1] === "+") return (value) => value > wanted;
  return found[1] === "-" ? (value) => value < wanted : (value) => value === wanted;
}

function needComparison(argument: string, context: FindContext, name: string) {
  const compare = comparison(argument);
  if (!compare) throw context.tool.fail(`invalid argument \`${argument}' to \`${name}'`);
  return compare;
}

function age(secondsPerUnit: number): Maker {
  return (argument, context, name, dayStart) => {
    const compare = needComparison(argument, context, name);
    const now = context.tool.sys.realtimeSeconds();
    const from = dayStart ? (Math.floor(now / 86400) + 1) * 86400 : now;
    // Fractions of a unit are cut off: -mtime +1 means at least two days.
    return ({ stat }) => {
      const units = (from - stat.modifiedSeconds) / secondsPerUnit;
      return compare(secondsPerUnit === 60 ? Math.ceil(units) : Math.floor(units));
    };
  };
}

function glob(part: (visit: Visit) => string, ignoreCase: boolean): Maker {
  return (argument) => {
    const regex = globToRegex(argument, { ignoreCase });
    return (visit) => regex.test(byteString(part(visit)));
  };
}

function wholeRegex(ignoreCase: boolean): Maker {
  return (argument, context, name) => {
    try {
      // Emacs syntax is basic with + and ? bare.
      const source = byteString(argument).replace(
        /(\\.)|([+?])/g,
        (_, escaped: string, bare: string) => escaped ?? `\\${bare}`,
      );
      const regex = compileRegex(`^\\(${source}\\)$`, { syntax: "basic", ignoreCase });
      return ({ path }) => regex.test(byteString(path));
    } catch (error) {
      throw context.tool.fail(
        `failed to compile regular expression '${argument}' given to '${name}': ${error instanceof Error ? error.message : ""}`,
      );
    }
  };
}

function link(ignoreCase: boolean): Maker {
  return (argument, context) => {
    const regex = globToRegex(argument, { ignoreCase });
    return ({ path, stat }) =>
      stat.kind === "symlink" && regex.test(byteString(context.tool.sys.readlink(path)));
  };
}

function access(mode: "read" | "write" | "execute"): Maker {
  return (_, context) =>
    ({ path }) =>
      context.tool.sys.access(path, { [mode]: true });
}

const kindTest: Maker = (argument, context, name) => {
  const wanted = argument.split(",").map((letter) => {
    const kind = KINDS[letter];
    if (letter.length !== 1 || !kind)
      throw context.tool.fail(`Unknown argument to ${name}: ${argument}`);
    return kind;
  });
  return (visit) => {
    if (name !== "-xtype" || visit.stat.kind !== "symlink") return wanted.includes(visit.stat.kind);
    try {
      return wanted.includes(context.tool.sys.stat(visit.path).kind);
    } catch (error) {
      if (isErrno(error)) return wanted.includes("symlink");
      throw error;
    }
  };
};

const sizeTest: Maker = (argument, context) => {
  const found = /^([-+]?\d+)([bcwkMG]?)$/.exec(argument);
  if (!found) {
    const unit = argument.at(-1) ?? "";
    throw context.tool.fail(
      /[bcwkMG\d]/.test(unit)
        ? `Invalid argument \`${argument}' to -size`
        : `invalid -size type \`${unit}'`,
    );
  }
  const unit = SIZE_UNITS[found[2] as string] as number;
  const compare = comparison(found[1] as string) as (value: number) => boolean;
  return ({ stat }) => compare(Math.ceil(stat.sizeBytes / unit));
};

const permissionTest: Maker = (argument, context) => {
  const how = argument[0] === "-" || argument[0] === "/" ? argument[0] : "";
  const text = argument.slice(how.length);
  const mode = applyMode(text, 0, false, 0);
  if (mode === undefined || text === "")
    throw context.tool.fail(`invalid mode ${quoteText(argument)}`);
  if (how === "-") return ({ stat }) => (stat.mode & mode) === mode;
  if (how === "/") return ({ stat }) => mode === 0 || (stat.mode & mode) !== 0;
  return ({ stat }) => stat.mode === mode;
};

const newerTest: Maker = (argument, context) => {
  try {
    const { modifiedSeconds } = context.tool.sys.stat(argument);
    return ({ stat }) => stat.modifiedSeconds > modifiedSeconds;
  } catch (error) {
    throw context.tool.fail(`${quoteText(argument)}: ${reason(error)}`);
  }
};

const sameFileTest: Maker = (argument, context) => {
  try {
    const wanted = context.tool.sys.stat(argument);
    return ({ stat }) => isSameFile(stat, wanted);
  } catch (error) {
    throw context.tool.fail(`${quoteText(argument)}: ${reason(error)}`);
  }
};

const newerDateTest: Maker = (argument, context) => {
  const at = parseDate(argument, context.tool.sys.realtimeSeconds());
  if (at === undefined) {
    throw context.tool.fail(
      `I cannot figure out how to interpret ${quoteText(argument)} as a date or time`,
    );
  }
  return ({ stat }) => stat.modifiedSeconds > at;
};

const MAKERS: Record<string, Maker> = {
  "-name": glob(({ name }) => name, false),
  "-iname": glob(({ name }) => name, true),
  "-path": glob(({ path }) => path, false),
  "-wholename": glob(({ path }) => path, false),
  "-ipath": glob(({ path }) => path, true),
  "-iwholename": glob(({ path }) => path, true),
  "-regex": wholeRegex(false),
  "-iregex": wholeRegex(true),
  "-type": kindTest,
  "-xtype": kindTest,
  "-size": sizeTest,
  "-empty":
    (_, context) =>
    ({ path, stat }) =>
      stat.kind === "directory"
        ? context.tool.sys.readdir(path).length === 0
        : stat.kind === "file" && stat.sizeBytes === 0,
  "-mtime": age(86400),
  "-mmin": age(60),
  "-newer": newerTest,
  "-newermt": newerDateTest,
  "-samefile": sameFileTest,
  "-perm": permissionTest,
  "-user": (argument, context) => {
    const uid = findUser(context.tool.sys, argument);
    if (uid === undefined)
      throw context.tool.fail(`${quoteText(argument)} is not the name of a known user`);
    return ({ stat }) => stat.uid === uid;
  },
  "-group": (argument, context) => {
    const gid = findGroup(context.tool.sys, argument);
    if (gid === undefined)
      throw context.tool.fail(`${quoteText(argument)} is not the name of an existing group`);
    return ({ stat }) => stat.gid === gid;
  },
  "-uid": (argument, context, name) => {
    const compare = needComparison(argument, context, name);
    return ({ stat }) => compare(stat.uid);
  },
  "-gid": (argument, context, name) => {
    const compare = needComparison(argument, context, name);
    return ({ stat }) => compare(stat.gid);
  },
  "-nouser": (_, context) => {
    const known = new Set(users(context.tool.sys).map(({ id }) => id));
    return ({ stat }) => !known.has(stat.uid);
  },
  "-nogroup": (_, context) => {
    const known = new Set(groups(context.tool.sys).map(({ id }) => id));
    return ({ stat }) => !known.has(stat.gid);
  },
  "-links": (argument, context, name) => {
    const compare = needComparison(argument, context, name);
    return ({ stat }) => compare(stat.links);
  },
  "-inum": (argument, context, name) => {
    const compare = needComparison(argument, context, name);
    return ({ stat }) => compare(stat.inode);
  },
  "-lname": link(false),
  "-ilname": link(true),
  "-readable": access("read"),
  "-writable": access("write"),
  "-executable": access("execute"),
  "-true": () => () => true,
  "-false": () => () => false,
};

export function makeTest(
  name: string,
  args: readonly string[],
  context: FindContext,
  dayStart: boolean,
): Primary {
  const check = (MAKERS[name] as Maker)(args[0] ?? "", context, name, dayStart);
  return {
    *test(visit) {
      return check(visit);
    },
  };
}
