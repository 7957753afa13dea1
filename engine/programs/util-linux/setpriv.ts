import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { findGroup, findUser, supplementaryGroups, userName } from "../support/accounts.ts";
import { execFailure, findCommand } from "../support/command.ts";
import { type Arguments, defineTool, type Tool } from "../support/tool.ts";

const GROUP_OPTIONS = ["clear-groups", "keep-groups", "init-groups", "groups"];

export const setpriv = defineTool({
  name: "setpriv",
  package: "util-linux",
  summary: "run a program with different Linux privilege settings",
  description: "Run a program with different privilege settings.",
  usage: ["[options] <program> [<argument>...]"],
  stopAtOperand: true,
  options: [
    ["--reuid=<uid|user>", "set real and effective uid"],
    ["--regid=<gid|group>", "set real and effective gid"],
    ["--clear-groups", "clear supplementary groups"],
    ["--keep-groups", "keep supplementary groups"],
    ["--init-groups", "initialize supplementary groups"],
    ["--groups=<group,...>", "set supplementary groups by UID or name"],
  ],
  unmodelled: [
    "-d, --dump",
    "--nnp",
    "--no-new-privs",
    "--ambient-caps=CAPS",
    "--inh-caps=CAPS",
    "--bounding-set=CAPS",
    "--ruid=UID",
    "--euid=UID",
    "--rgid=GID",
    "--egid=GID",
    "--securebits=BITS",
    "--pdeathsig=SIGNAL",
    "--selinux-label=LABEL",
    "--apparmor-profile=PROFILE",
    "--reset-env",
  ],
  examples: ["setpriv --reuid=1000 --regid=1000 --clear-groups id"],
  *run(tool, args) {
    const { sys } = tool;
    const uid = readId(tool, args, "reuid", "ruid or euid", findUser);
    const gid = readId(tool, args, "regid", "rgid or egid", findGroup);
    const groupOptions = GROUP_OPTIONS.filter((name) => args.has(name));
    if (groupOptions.length > 1) {
      const names = GROUP_OPTIONS.map((name) => `--${name}`).join(" ");
      throw tool.fail(`mutually exclusive arguments: ${names}`);
    }
    const groups = readGroups(tool, args, uid);
    const [command] = args.operands;
    if (command === undefined) throw tool.fail("No program specified");
    if (gid !== undefined && groupOptions.length === 0) {
      throw tool.fail(
        "--[re]gid requires --keep-groups, --clear-groups, --init-groups, or --groups",
      );
    }
    refusing(tool, "setresuid", () => uid !== undefined && become(sys, uid, gid, groups));
    refusing(tool, "setresgid", () => uid === undefined && become(sys, uid, gid, groups));
    try {
      yield* sys.exec(findCommand(sys, command), args.operands);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(
        `failed to execute ${command}: ${strerror(error.errno)}`,
        execFailure(error.errno),
      );
    }
  },
});

/** What is given up last is the right to give up anything. */
function become(
  sys: Sys,
  uid: number | undefined,
  gid: number | undefined,
  groups: readonly number[] | undefined,
): void {
  if (gid !== undefined) sys.setgid(gid);
  if (groups) sys.setgroups(groups);
  if (uid !== undefined) sys.setuid(uid);
}

function refusing(tool: Tool, call: string, body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw tool.fail(`${call} failed: ${strerror(error.errno)}`);
  }
}

function readId(
  tool: Tool,
  args: Arguments,
  option: string,
  words: string,
  find: (sys: Sys, text: string) => number | undefined,
): number | undefined {
  const [text, second] = args.values(option);
  if (second !== undefined) throw tool.fail(`duplicate ${words}`);
  if (text === undefined) return undefined;
  const id = find(tool.sys, text);
  if (id === undefined) throw tool.fail(`failed to parse ${option}: '${text}'`);
  return id;
}

/** Undefined: they stay as they are. */
function readGroups(
  tool: Tool,
  args: Arguments,
  uid: number | undefined,
): readonly number[] | undefined {
  const { sys } = tool;
  if (args.has("clear-groups")) return [];
  if (args.has("init-groups")) {
    if (uid === undefined) throw tool.fail("--init-groups requires --ruid, --reuid");
    return supplementaryGroups(sys, userName(sys, uid));
  }
  return args
    .value("groups")
    ?.split(",")
    .map((text) => {
      const id = findGroup(sys, text);
      if (id === undefined) throw tool.fail(`Invalid supplementary group id: '${text}'`);
      return id;
    });
}
