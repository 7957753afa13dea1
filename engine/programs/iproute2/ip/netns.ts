/** `ip netns`: named namespaces are files under /run/netns. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { exitStatus, findCommand } from "../../support/command.ts";
import {
  type Args,
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../support/args.ts";
import type { Context } from "../support/context.ts";
import { netlinkError, withStatus } from "../support/context.ts";

const USAGE = `Usage:	ip netns list
	ip netns add NAME
	ip netns attach NAME PID
	ip netns set NAME NETNSID
	ip [-all] netns delete [NAME]
	ip netns identify [PID]
	ip netns pids NAME
	ip [-all] netns exec [NAME] cmd ...
	ip netns monitor
	ip netns list-id [target-nsid POSITIVE-INT] [nsid POSITIVE-INT]
NETNSID := auto | POSITIVE-INT
`;

const DIRECTORY = "/run/netns";

function netnsPath(name: string): string {
  return `${DIRECTORY}/${name}`;
}

/** Joins the named namespace, for `-n NAME` and `exec`. */
export function enterNetns(sys: Sys, name: string): void {
  if (name === "") {
    throw new Exit(255, 'setting the network namespace "" failed: Invalid argument\n');
  }
  try {
    sys.setns(netnsPath(name), "net");
  } catch (error) {
    const text = `Cannot open network namespace "${name}": ${reason(error)}\n`;
    throw new Exit(255, text);
  }
  // /sys shows the namespace that it was mounted in.
  sys.unshare(["mnt"]);
  if (sys.access("/sys/class", {})) sys.unmount("/sys");
  sys.mount("sysfs", "/sys");
}

function reason(error: unknown): string {
  if (error instanceof KernelError) return strerror(error.errno);
  throw error;
}

export function netns(context: Context, args: Args): string | Blocking<number> {
  if (args.done) return list(context);
  const command = args.take();
  if (matches(command, "list", "show") || command === "lst") return list(context);
  if (matches(command, "list-id")) return listIds(context, args);
  if (matches(command, "help")) throw new Exit(255, USAGE);
  if (matches(command, "add")) return add(context, args);
  if (matches(command, "set")) return set(context, args);
  if (matches(command, "delete")) return remove(context, args);
  if (matches(command, "identify")) return identify(context, args);
  if (matches(command, "pids")) return pids(context, args);
  if (matches(command, "exec")) return exec(context, args);
  if (matches(command, "monitor")) throw notModelled("ip", "'ip netns monitor'");
  if (matches(command, "attach")) return attach(context, args);
  throw new Exit(255, `Command "${command}" is unknown, try "ip netns help".\n`);
}

/** Newest first, as the directory's tmpfs lists them. */
function names(sys: Sys): string[] {
  if (!sys.access(DIRECTORY, {})) return [];
  const inode = (name: string): number => sys.stat(netnsPath(name)).inode;
  return [...sys.readdir(DIRECTORY)].sort((a, b) => inode(b) - inode(a));
}

/** A file that is no namespace (its mount is in another mount namespace) is complained about. */
function idOf(context: Context, name: string): number | undefined {
  try {
    return context.kernel.namespaceId(netnsPath(name));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    context.warn(netlinkError(error));
    return undefined;
  }
}

function list(context: Context): string {
  const printer = context.printer();
  for (const name of names(context.sys)) {
    const id = idOf(context, name);
    printer.open();
    printer.field("name", name, name);
    if (id !== undefined) printer.field("id", id, ` (id: ${id})`);
    printer.plain("\n");
    printer.close();
  }
  // Without the directory the real one says nothing, not even in JSON.
  return context.sys.access(DIRECTORY, {}) ? printer.finish() : "";
}

function listIds(context: Context, args: Args): string {
  let wanted: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word !== "nsid") throw notModelled("ip", `'ip netns list-id ${word}'`);
    const value = args.value();
    wanted = parseUnsigned(value, 0x7fffffff);
    if (wanted === undefined) throw invalidArgument('"nsid" value is invalid\n', value);
  }
  const known = names(context.sys).map((name) => ({ name, id: idOf(context, name) }));
  const found = context.kernel
    .namespaceIds()
    .filter((id) => wanted === undefined || id === wanted)
    .map((id) => ({ id, name: known.find((item) => item.id === id)?.name }));
  if (wanted !== undefined && found.length === 0) {
    throw new Exit(2, "Error: Peer netns reference is invalid.\n");
  }
  const printer = context.printer();
  for (const { name, id } of found) {
    printer.open();
    printer.field("nsid", id, `nsid ${id} `);
    if (name !== undefined) printer.field("name", name, `(iproute2 netns name: ${name})`);
    printer.plain("\n");
    printer.close();
  }
  return printer.finish();
}

function requiredName(args: Args): string {
  if (args.done) throw new Exit(1, "No netns name specified\n");
  return checkName(args.take());
}

function checkName(name: string): string {
  if (name.includes("/") || name === "." || name === ".." || name.length > 255) {
    throw new Exit(255, `Invalid netns name "${name}"\n`);
  }
  return name;
}

/** Makes the file that stands for a namespace; `enter` puts the helper process into it. */
function* bind(
  context: Context,
  name: string,
  enter: (sys: Sys) => void,
  failed: (error: unknown) => string,
): Blocking<number> {
  const { sys } = context;
  const path = netnsPath(name);
  for (const directory of ["/run", DIRECTORY]) {
    if (!sys.access(directory, {})) sys.mkdir(directory, 0o755);
  }
  try {
    sys.close(sys.open(path, { read: true, create: true, exclusive: true }, 0));
  } catch (error) {
    throw new Exit(1, `Cannot create namespace file "${path}": ${reason(error)}\n`);
  }
  // A child goes into the namespace, so that this process (a batch) stays where it is.
  let refusal: string | undefined;
  const child = sys.spawn({
    run: {
      name: "ip",
      main: function* (inner) {
        try {
          enter(inner);
          inner.bindNet(path);
          return 0;
        } catch (error) {
          refusal = failed(error);
          return 1;
        }
      },
    },
  });
  yield* sys.waitpid(child);
  if (refusal === undefined) return 0;
  sys.unlink(path);
  throw new Exit(1, refusal);
}

function add(context: Context, args: Args): Blocking<number> {
  const name = requiredName(args);
  return bind(
    context,
    name,
    (sys) => sys.unshare(["net"]),
    (error) => `Failed to create a new network namespace "${name}": ${reason(error)}\n`,
  );
}

function attach(context: Context, args: Args): Blocking<number> {
  const name = args.done ? "" : args.take();
  if (args.done) throw new Exit(1, "No netns name and PID specified\n");
  const word = args.take();
  const pid = parseUnsigned(word, 0x7fffffff);
  if (pid === undefined) throw new Exit(1, `Invalid PID: ${word}\n`);
  const source = `/proc/${pid}/ns/net`;
  return bind(
    context,
    checkName(name),
    (sys) => sys.setns(source, "net"),
    (error) => `Bind ${source} -> ${netnsPath(name)} failed: ${reason(error)}\n`,
  );
}

function set(context: Context, args: Args): string {
  const name = requiredName(args);
  if (args.done) throw new Exit(1, "No nsid specified\n");
  const word = args.take();
  const id = word === "auto" ? "auto" : parseUnsigned(word, 0x7fffffff);
  if (id === undefined) throw invalidArgument('Invalid "netnsid" value', word);
  if (!context.sys.access(netnsPath(name), {})) {
    const text = `Cannot open network namespace "${name}": No such file or directory\n`;
    throw new Exit(1, text);
  }
  context.kernel.setNamespaceId(netnsPath(name), id);
  return "";
}

function remove(context: Context, args: Args): string {
  if (args.done && !context.options.all) throw new Exit(1, "No netns name specified\n");
  for (const name of context.options.all ? names(context.sys) : [checkName(args.take())]) {
    removeOne(context.sys, name);
  }
  return "";
}

function removeOne(sys: Sys, name: string): void {
  const path = netnsPath(name);
  try {
    sys.unbindNet(path);
  } catch (error) {
    reason(error);
  }
  if (!sys.access(path, {})) {
    throw new Exit(1, `Cannot remove namespace file "${path}": No such file or directory\n`);
  }
  withStatus(1, () => sys.unlink(path));
}

// ------------------------------------------------------------------ who is where

function openNamespace(sys: Sys, path: string): number {
  try {
    return sys.stat(path).inode;
  } catch (error) {
    throw new Exit(1, `Cannot open network namespace: ${reason(error)}\n`);
  }
}

function identify(context: Context, args: Args): string {
  const { sys } = context;
  const word = args.done ? "self" : args.take();
  if (word !== "self" && parseUnsigned(word, 0x7fffffff) === undefined) {
    throw new Exit(1, `Specified string '${word}' is not a pid\n`);
  }
  const own = openNamespace(sys, `/proc/${word}/ns/net`);
  const found = names(sys).filter((name) => sys.stat(netnsPath(name)).inode === own);
  return found.length === 0 ? "\n" : found.map((name) => `${name}\n`).join("");
}

function pids(context: Context, args: Args): string {
  const { sys } = context;
  const wanted = openNamespace(sys, netnsPath(requiredName(args)));
  const inside = sys
    .readdir("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return sys.stat(`/proc/${name}/ns/net`).inode === wanted;
      } catch {
        return false;
      }
    });
  return inside
    .map(Number)
    .sort((a, b) => a - b)
    .map((pid) => `${pid}\n`)
    .join("");
}

// ------------------------------------------------------------------ exec

function* exec(context: Context, args: Args): Blocking<number> {
  const { sys, options } = context;
  if (options.all) return yield* execInAll(context, args.rest());
  const name = requiredName(args);
  const argv = args.rest();
  if (argv.length === 0) throw new Exit(1, "No command specified\n");
  enterNetns(sys, name);
  return yield* replaceBy(sys, argv);
}

/** execvp(3) */
function* replaceBy(sys: Sys, argv: readonly string[]): Blocking<number> {
  const command = argv[0] ?? "";
  try {
    return yield* sys.exec(findCommand(sys, command), argv);
  } catch (error) {
    throw new Exit(1, `exec of "${command}" failed: ${reason(error)}\n`);
  }
}

function* execInAll(context: Context, argv: readonly string[]): Blocking<number> {
  const { sys } = context;
  if (argv.length === 0) throw new Exit(1, "No command specified\n");
  for (const name of names(sys)) {
    yield* sys.print(`\nnetns: ${name}\n`);
    const child = sys.spawn({
      run: {
        name: "ip",
        main: function* (inner) {
          try {
            enterNetns(inner, name);
            return yield* replaceBy(inner, argv);
          } catch (error) {
            if (!(error instanceof Exit)) throw error;
            yield* inner.printError(error.text);
            return error.code;
          }
        },
      },
    });
    exitStatus(yield* sys.waitpid(child));
  }
  return 0;
}
