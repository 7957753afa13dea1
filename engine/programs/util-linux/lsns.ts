import type { Sys } from "../../kernel/process/sys.ts";
import { isErrno } from "../support/command.ts";
import { listProcesses, type ProcessInfo } from "../support/process-list.ts";
import { alignColumns } from "../support/table.ts";
import { byteString } from "../support/bytes.ts";
import { defineTool, type Tool } from "../support/tool.ts";

const TYPES = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"];

const COLUMNS = [
  "NS",
  "TYPE",
  "PATH",
  "NPROCS",
  "PID",
  "PPID",
  "COMMAND",
  "UID",
  "USER",
  "NETNSID",
  "NSFS",
];
const RIGHT = new Set(["NS", "NPROCS", "PID", "PPID", "UID", "NETNSID"]);

interface Namespace {
  readonly number: string;
  readonly type: string;
  readonly processes: ProcessInfo[];
}

export const lsns = defineTool({
  name: "lsns",
  package: "util-linux",
  summary: "list namespaces",
  usage: ["[options] [<namespace>]"],
  description: "List system namespaces.",
  options: [
    ["-l, --list", "use list format output"],
    ["-n, --noheadings", "don't print headings"],
    ["-o, --output=<list>", `output columns: ${COLUMNS.join(" ")}`],
    ["-p, --task=<pid>", "print process namespaces"],
    ["-t, --type=<name>", `namespace type: ${TYPES.join(", ")}`],
    ["-u, --notruncate", "don't truncate text in columns"],
    ["-W, --nowrap", "don't use multi-line representation"],
  ],
  unmodelled: ["-J", "--json", "--output-all", "-r", "--raw", "-T REL", "--tree=REL"],
  *run(tool, args) {
    const type = args.value("t");
    if (type !== undefined && !TYPES.includes(type))
      throw tool.fail(`unknown namespace type: ${type}`);
    const task = args.value("p");
    if (task !== undefined && !/^\d+$/.test(task))
      throw tool.fail(`invalid PID argument: '${task}'`);
    const [wanted] = args.operands;
    const columns = chooseColumns(tool, args.value("o"), type);
    const namespaces = collect(tool)
      .filter((each) => type === undefined || each.type === type)
      .filter(
        (each) => task === undefined || each.processes.some(({ pid }) => pid === Number(task)),
      )
      .filter((each) => wanted === undefined || each.number === wanted);
    if (wanted !== undefined && namespaces.length === 0)
      throw tool.fail(`not found namespace: ${wanted}`);
    const names = namespaceFiles(tool);
    const rows = namespaces.map((each) =>
      columns.map((column) => cell(tool.sys, each, column, names)),
    );
    const lines = alignColumns(
      [...(args.has("n") ? [] : [columns]), ...rows],
      columns.map((column) => (RIGHT.has(column) ? "right" : "left")),
    );
    for (const line of lines) yield* tool.out.write(`${line}\n`);
  },
});

function chooseColumns(
  tool: Tool,
  list: string | undefined,
  type: string | undefined,
): readonly string[] {
  const standard =
    type === "net"
      ? ["NS", "TYPE", "NPROCS", "PID", "USER", "NETNSID", "NSFS", "COMMAND"]
      : ["NS", "TYPE", "NPROCS", "PID", "USER", "COMMAND"];
  if (list === undefined) return standard;
  const columns = list
    .replace(/^\+/, "")
    .split(",")
    .map((name) => name.toUpperCase());
  const unknown = columns.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined) throw tool.fail(`unknown column: ${unknown.toLowerCase()}`);
  return list.startsWith("+") ? [...standard, ...columns] : columns;
}

/** Sorted by number; each belongs to the lowest process in it. */
function collect(tool: Tool): readonly Namespace[] {
  const found = new Map<string, Namespace>();
  for (const process of listProcesses(tool.sys)) {
    for (const type of TYPES) {
      let link: string;
      try {
        link = tool.sys.readlink(`/proc/${process.pid}/ns/${type}`);
      } catch (error) {
        if (isErrno(error)) continue;
        throw error;
      }
      const number = /\[(\d+)\]/.exec(link)?.[1] ?? "";
      let namespace = found.get(number);
      if (!namespace) {
        namespace = { number, type, processes: [] };
        found.set(number, namespace);
      }
      namespace.processes.push(process);
    }
  }
  return [...found.values()].sort((a, b) => Number(a.number) - Number(b.number));
}

/** Number → the file that keeps it, from the mounts of type nsfs. */
function namespaceFiles(tool: Tool): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const line of tool.sys.readTextFile("/proc/self/mountinfo").split("\n")) {
    const found = /^\S+ \S+ \S+ \w+:\[(\d+)\] (\S+) .* - nsfs /.exec(line);
    if (found && !files.has(found[1] as string)) files.set(found[1] as string, found[2] as string);
  }
  return files;
}

function cell(
  sys: Sys,
  namespace: Namespace,
  column: string,
  files: ReadonlyMap<string, string>,
): string {
  const leader = namespace.processes[0] as ProcessInfo;
  switch (column) {
    case "NS":
      return namespace.number;
    case "TYPE":
      return namespace.type;
    case "PATH":
      return `/proc/${leader.pid}/ns/${namespace.type}`;
    case "NPROCS":
      return String(namespace.processes.length);
    case "PID":
      return String(leader.pid);
    case "PPID":
      return String(leader.ppid);
    case "UID":
      return String(leader.uid);
    case "USER":
      return leader.user;
    case "NETNSID":
      return namespace.type === "net" ? networkId(sys, leader.pid) : "";
    case "NSFS":
      return files.get(namespace.number) ?? "";
    default:
      return byteString(leader.argv.join(" ") || leader.comm);
  }
}

/** What this network namespace calls another one, RTM_GETNSID. */
function networkId(sys: Sys, pid: number): string {
  const id = sys.rtnetlink.namespaceId(`/proc/${pid}/ns/net`);
  return id === undefined ? "unassigned" : String(id);
}
