import type { Sys } from "../../kernel/process/sys.ts";
import { findUser, groupName, supplementaryGroups, userName, users } from "../support/accounts.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export const id = defineTool({
  name: "id",
  package: "coreutils",
  summary: "print real and effective user and group IDs",
  usage: ["[OPTION]... [USER]..."],
  description:
    "Print user and group information for each specified USER,\nor (when USER omitted) for the current process.",
  options: [
    ["-a", "(ignored)"],
    ["-g, --group", "print only the effective group ID"],
    ["-G, --groups", "print all group IDs"],
    ["-n, --name", "print a name instead of a number, for -ugG"],
    ["-r, --real", "print the real ID instead of the effective ID, with -ugG"],
    ["-u, --user", "print only the effective user ID"],
  ],
  unmodelled: ["-z", "--zero", "-Z", "--context"],
  *run(tool, args) {
    const { sys } = tool;
    const kinds = ["u", "g", "G"].filter((kind) => args.has(kind));
    if (kinds.length > 1) throw tool.fail('cannot print "only" of more than one choice');
    if (kinds.length === 0 && args.has("n", "r")) {
      throw tool.fail("cannot print only names or real IDs in default format");
    }
    const name = args.has("n");
    const user = (uid: number) => (name ? userName(sys, uid) : String(uid));
    const group = (gid: number) => (name ? groupName(sys, gid) : String(gid));
    for (const operand of args.operands.length === 0 ? [undefined] : args.operands) {
      const identity = identify(sys, operand);
      if (!identity) {
        yield* tool.warn(`${quoteText(operand ?? "")}: no such user`);
        continue;
      }
      const { uid, gid } = identity;
      if (kinds[0] === "u") yield* tool.print(`${user(uid)}\n`);
      else if (kinds[0] === "g") yield* tool.print(`${group(gid)}\n`);
      else if (kinds[0] === "G") yield* tool.print(`${identity.groups.map(group).join(" ")}\n`);
      else {
        const list = identity.groups.map((one) => `${one}(${groupName(sys, one)})`).join(",");
        yield* tool.print(
          `uid=${uid}(${userName(sys, uid)}) gid=${gid}(${groupName(sys, gid)}) groups=${list}\n`,
        );
      }
    }
  },
});

function identify(sys: Sys, name: string | undefined): Identity | undefined {
  if (name === undefined) {
    const { uid, gid } = sys;
    return { uid, gid, groups: [...new Set([gid, ...sys.groups])] };
  }
  const found = findUser(sys, name);
  const account = users(sys).find((user) => user.id === found);
  if (!account) return undefined;
  return { uid: account.id, gid: account.gid, groups: supplementaryGroups(sys, account.name) };
}
