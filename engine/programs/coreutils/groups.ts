import { findUser, groupName, groups as allGroups, userName, users } from "../support/accounts.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const groups = defineTool({
  name: "groups",
  package: "coreutils",
  summary: "print the groups a user is in",
  usage: ["[OPTION]... [USERNAME]..."],
  *run(tool, args) {
    const { sys } = tool;
    const names = (uid: number, gid: number) => {
      const login = userName(sys, uid);
      const others = allGroups(sys)
        .filter((group) => (group.fields[3] ?? "").split(",").includes(login) && group.id !== gid)
        .map((group) => group.name);
      return [groupName(sys, gid), ...others].join(" ");
    };
    if (args.operands.length === 0) yield* tool.print(`${names(sys.uid, sys.gid)}\n`);
    for (const operand of args.operands) {
      const uid = findUser(sys, operand);
      const account = users(sys).find((user) => user.id === uid);
      if (account) yield* tool.print(`${operand} : ${names(account.id, account.gid)}\n`);
      else yield* tool.warn(`${quoteText(operand)}: no such user`);
    }
  },
});
