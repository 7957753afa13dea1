import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { findGroup, findUser, groupName, userName, users } from "../support/accounts.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type OptionRow, type Tool } from "../support/tool.ts";
import { walk } from "../support/walk.ts";

const OPTIONS: readonly OptionRow[] = [
  ["-c, --changes", "like verbose but report only when a change is made"],
  ["-f, --silent, --quiet", "suppress most error messages"],
  ["-v, --verbose", "output a diagnostic for every file processed"],
  ["-h, --no-dereference", "affect symbolic links instead of any referenced file"],
  ["--reference=RFILE", "use RFILE's owner and group"],
  ["-R, --recursive", "operate on files and directories recursively"],
];
const UNMODELLED = [
  "--dereference",
  "--from=OWNER",
  "--preserve-root",
  "--no-preserve-root",
  "-H",
  "-L",
  "-P",
];

/** Undefined: left as it is. */
interface Owners {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

export const chown = ownerTool(
  "chown",
  "change file owner and group",
  "[OPTION]... [OWNER][:[GROUP]] FILE...",
  readOwners,
);
export const chgrp = ownerTool(
  "chgrp",
  "change group ownership",
  "[OPTION]... GROUP FILE...",
  (tool, text) => ({
    uid: undefined,
    gid: text === "" ? undefined : group(tool, text, text),
  }),
);

function ownerTool(
  name: string,
  summary: string,
  usage: string,
  read: (tool: Tool, text: string) => Owners,
): Program {
  return defineTool({
    name,
    package: "coreutils",
    summary,
    usage: [usage, "[OPTION]... --reference=RFILE FILE..."],
    options: OPTIONS,
    unmodelled: UNMODELLED,
    *run(tool, args) {
      const operands = [...args.operands];
      const reference = args.value("reference");
      let owners: Owners;
      if (reference !== undefined) {
        try {
          owners = tool.sys.stat(reference);
        } catch (error) {
          throw tool.fail(`failed to get attributes of ${quoteName(reference)}: ${reason(error)}`);
        }
      } else {
        const typed = operands.shift();
        if (typed === undefined) throw tool.usage("missing operand");
        if (operands.length === 0) throw tool.usage(`missing operand after ${quoteText(typed)}`);
        owners = read(tool, typed);
      }
      for (const path of operands) {
        try {
          if (args.has("R")) yield* walk(tool, path, (at) => change(tool, args, at, owners));
          else yield* change(tool, args, path, owners);
        } catch (error) {
          if (args.has("f")) tool.status = 1;
          else yield* tool.warn(`cannot access ${quoteName(path)}: ${reason(error)}`);
        }
      }
    },
  });
}

function readOwners(tool: Tool, text: string): Owners {
  const colon = text.search(/[:.]/);
  const owner = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? undefined : text.slice(colon + 1);
  const uid = owner === "" ? undefined : findUser(tool.sys, owner);
  if (owner !== "" && uid === undefined) throw tool.fail(`invalid user: ${quoteText(text)}`);
  if (rest === undefined) return { uid, gid: undefined };
  if (rest !== "") return { uid, gid: group(tool, rest, text) };
  // `OWNER:` means the owner's login group.
  return { uid, gid: users(tool.sys).find((user) => user.id === uid)?.gid };
}

function group(tool: Tool, name: string, typed: string): number {
  const gid = findGroup(tool.sys, name);
  if (gid === undefined) throw tool.fail(`invalid group: ${quoteText(typed)}`);
  return gid;
}

function* change(tool: Tool, args: Arguments, path: string, owners: Owners): Blocking<void> {
  const { sys } = tool;
  const stat = sys.stat(path);
  const uid = owners.uid ?? stat.uid;
  const gid = owners.gid ?? stat.gid;
  const both = owners.uid !== undefined && owners.gid !== undefined;
  const what = tool.name.endsWith("chgrp") || owners.uid === undefined ? "group" : "ownership";
  try {
    sys.chown(path, uid, gid);
  } catch (error) {
    if (args.has("f")) tool.status = 1;
    else yield* tool.warn(`changing ${what} of ${quoteName(path)}: ${reason(error)}`);
    return;
  }
  const show = (user: number, groupId: number) =>
    what === "group"
      ? groupName(sys, groupId)
      : both
        ? `${userName(sys, user)}:${groupName(sys, groupId)}`
        : userName(sys, user);
  const changed = uid !== stat.uid || gid !== stat.gid;
  if (changed && args.has("v", "c")) {
    yield* tool.print(
      `changed ${what} of ${quoteName(path)} from ${show(stat.uid, stat.gid)} to ${show(uid, gid)}\n`,
    );
  } else if (args.has("v")) {
    yield* tool.print(`${what} of ${quoteName(path)} retained as ${show(uid, gid)}\n`);
  }
}
