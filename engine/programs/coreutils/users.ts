import { listLogins } from "../support/logins.ts";
import { defineTool } from "../support/tool.ts";

export const users = defineTool({
  name: "users",
  package: "coreutils",
  summary: "print the user names of users currently logged in to the current host",
  usage: ["[OPTION]..."],
  *run(tool) {
    const names = listLogins(tool.sys).map(({ user }) => user);
    if (names.length > 0) yield* tool.print(`${names.sort().join(" ")}\n`);
  },
});
