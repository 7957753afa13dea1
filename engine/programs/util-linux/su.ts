import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { type Account, findGroup, supplementaryGroups, users } from "../support/accounts.ts";
import { exitStatus, findCommand, isErrno } from "../support/command.ts";
import { type Arguments, defineTool, reason, type Tool, type ToolSpec } from "../support/tool.ts";

const ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const USER_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

const COMMON = {
  package: "util-linux",
  stopAtOperand: false,
  unmodelled: [
    "-w, --whitelist-environment=LIST",
    "-G, --supp-group=GROUP",
    "-P, --pty",
    "-f, --fast",
  ],
} satisfies Partial<ToolSpec>;

const OPTIONS: ToolSpec["options"] = [
  ["-m, --preserve-environment", "do not reset environment variables"],
  ["-p", "do not reset environment variables"],
  ["-g, --group=<group>", "specify the primary group"],
  ["-l, --login", "make the shell a login shell"],
  ["-c, --command=<command>", "pass a single command to the shell with -c"],
  ["--session-command=<command>", "pass a single command to the shell with -c"],
  ["-s, --shell=<shell>", "run <shell> if /etc/shells allows it"],
];

export const su: Program = defineTool({
  ...COMMON,
  name: "su",
  summary: "run a command with substitute user and group ID",
  description: "Change the effective user ID and group ID to that of <user>.",
  usage: ["[options] [-] [<user> [<argument>...]]"],
  options: OPTIONS,
  limitations: ["There are no passwords: only the superuser may become somebody else."],
  *run(tool, args) {
    if (tool.sys.uid !== 0) throw tool.refuse("passwords: only the superuser can use it");
    return yield* runShell(tool, args);
  },
});

export const runuser: Program = defineTool({
  ...COMMON,
  name: "runuser",
  directory: "/usr/sbin",
  summary: "run a command with substitute user and group ID",
  description: "Run <command> with the effective user ID and group ID of <user>.",
  usage: ["[options] -u <user> [[--] <command>]", "[options] [-] [<user> [<argument>...]]"],
  options: [["-u, --user=<user>", "username"], ...(OPTIONS ?? [])],
  // After -u the options that follow the command are the command's own.
  stopAtOperand: true,
  *run(tool, args) {
    if (tool.sys.uid !== 0) throw tool.fail("may not be used by non-root users");
    const user = args.value("u");
    if (user === undefined) return yield* runShell(tool, args);
    const account = accountOf(tool, user);
    if (args.operands.length === 0) throw tool.fail("no command was specified");
    return yield* runAs(tool, args, account, args.operands, environment(tool, args, account));
  },
});

function accountOf(tool: Tool, name: string): Account {
  const account = users(tool.sys).find((user) => user.name === name);
  if (account) return account;
  throw tool.fail(
    `user ${name} does not exist or the user entry does not contain all the required fields`,
  );
}

/** The user's shell, with the command or the arguments that were given. */
function* runShell(tool: Tool, args: Arguments): Blocking<number> {
  const operands = [...args.operands];
  const isLogin = args.has("l") || operands[0] === "-";
  if (operands[0] === "-") operands.shift();
  const account = accountOf(tool, operands.shift() ?? "root");
  const keepsShell = args.has("m", "p") && !isLogin ? tool.sys.env.get("SHELL") : undefined;
  const shell = args.value("s") ?? keepsShell ?? (account.fields[6] || "/bin/sh");
  const command = args.value("c") ?? args.value("session-command");
  const name = shell.slice(shell.lastIndexOf("/") + 1);
  const words = [
    isLogin ? `-${name}` : name,
    ...(command === undefined ? [] : ["-c", command]),
    ...operands,
  ];
  const env = isLogin
    ? loginEnvironment(tool, account, shell)
    : environment(tool, args, account, shell);
  const home = account.fields[5] ?? "/";
  if (isLogin) {
    try {
      tool.sys.chdir(home);
    } catch (error) {
      yield* tool.say(
        `${tool.name}: warning: cannot change directory to ${home}: ${reason(error)}\n`,
      );
    }
  }
  return yield* runAs(tool, args, account, words, env, shell);
}

function loginEnvironment(tool: Tool, account: Account, shell: string): Map<string, string> {
  const terminal = tool.sys.env.get("TERM");
  return new Map([
    ...(terminal === undefined ? [] : [["TERM", terminal] as const]),
    ["HOME", account.fields[5] ?? "/"],
    ["SHELL", shell],
    ["USER", account.name],
    ["LOGNAME", account.name],
    ["PATH", account.id === 0 ? ROOT_PATH : USER_PATH],
  ]);
}

function environment(
  tool: Tool,
  args: Arguments,
  account: Account,
  shell = account.fields[6] || "/bin/sh",
): Map<string, string> {
  const env = new Map(tool.sys.env);
  if (args.has("m", "p")) return env;
  env.set("HOME", account.fields[5] ?? "/").set("SHELL", shell);
  if (account.id !== 0) env.set("USER", account.name).set("LOGNAME", account.name);
  return env;
}

/** A child becomes the user and runs the program; its end is ours. */
function* runAs(
  tool: Tool,
  args: Arguments,
  account: Account,
  argv: readonly string[],
  env: ReadonlyMap<string, string>,
  file = argv[0] ?? "",
): Blocking<number> {
  const { sys } = tool;
  const group = args.value("g");
  const gid = group === undefined ? account.gid : findGroup(sys, group);
  if (gid === undefined) throw tool.fail(`group ${group} does not exist`);
  const pid = sys.spawn({
    env,
    run: {
      name: tool.name,
      *main(child) {
        child.setgid(gid);
        child.setgroups(supplementaryGroups(child, account.name));
        child.setuid(account.id);
        try {
          return yield* child.exec(findCommand(child, file), argv);
        } catch (error) {
          if (!isErrno(error)) throw error;
          yield* child.printError(`${tool.name}: failed to execute ${file}: ${reason(error)}\n`);
          return error.errno === "ENOENT" ? 127 : 126;
        }
      },
    },
  });
  return exitStatus(yield* sys.waitpid(pid));
}
