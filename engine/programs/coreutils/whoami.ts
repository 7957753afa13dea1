import { users } from "../support/accounts.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const whoami = defineTool({
  name: "whoami",
  package: "coreutils",
  summary: "print effective user name",
  usage: ["[OPTION]..."],
  *run(tool, args) {
    const [extra] = args.operands;
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    const account = users(tool.sys).find((user) => user.id === tool.sys.uid);
    if (!account) throw tool.fail(`cannot find name for user ID ${tool.sys.uid}`);
    yield* tool.print(`${account.name}\n`);
  },
});
