import { findUser, groupName, supplementaryGroups, users } from "../support/accounts.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const groups = defineTool({
  name: "groups",
  package: "coreutils",
  summary: "print the groups a user is in",
  usage: ["[OPTION]... [USERNAME]..."],
  *run(tool, args) {
    const { sys } = tool;
    const names = (ids: readonly number[]) => ids.map((gid) => groupName(sys, gid)).join(" ");
    if (args.operands.length === 0) {
      yield* tool.print(`${names([...new Set([sys.gid, ...sys.groups])])}\n`);
    }
    for (const operand of args.operands) {
      const uid = findUser(sys, operand);
      const account = users(sys).find((user) => user.id === uid);
      if (account) {
        yield* tool.print(`${operand} : ${names(supplementaryGroups(sys, account.name))}\n`);
      } else yield* tool.warn(`${quoteText(operand)}: no such user`);
    }
  },
});
