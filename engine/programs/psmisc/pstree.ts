import { findUser } from "../support/accounts.ts";
import { byteString } from "../support/bytes.ts";
import { listProcesses, type ProcessInfo } from "../support/process-list.ts";
import { isUtf8 } from "../support/quote.ts";
import { defineTool, type Arguments, type Tool } from "../support/tool.ts";

const USAGE = `Usage: pstree [-acglpsTuV] [ -n ] [ -A | -U ] [ PID | USER ]
   or: pstree -V

Display a tree of processes.

  -a, --arguments     show command line arguments
  -A, --ascii         use ASCII line drawing characters
  -c, --compact-not   don't compact identical subtrees
  -g, --show-pgids    show process group ids; implies -c
  -l, --long          don't truncate long lines
  -n, --numeric-sort  sort output by PID
  -p, --show-pids     show PIDs; implies -c
  -s, --show-parents  show parents of the selected process
  -T, --hide-threads  hide threads, show only processes
  -u, --uid-changes   show uid transitions
  -U, --unicode       use UTF-8 (Unicode) line drawing characters
  -V, --version       display version information

  PID    start at this PID; default is 1 (init)
  USER   show only trees rooted at processes of this user

`;

interface Lines {
  readonly single: string;
  readonly first: string;
  readonly middle: string;
  readonly last: string;
  readonly bar: string;
}

const ASCII: Lines = { single: "---", first: "-+-", middle: "|-", last: "`-", bar: "|" };
const UNICODE: Lines = { single: "───", first: "─┬─", middle: "├─", last: "└─", bar: "│" };

export const pstree = defineTool({
  name: "pstree",
  package: "psmisc",
  summary: "display a tree of processes",
  usage: ["[OPTION]... [PID | USER]"],
  usageHint: () => USAGE,
  options: [
    ["-a, --arguments", "show command line arguments"],
    ["-A, --ascii", "use ASCII line drawing characters"],
    ["-c, --compact-not", "don't compact identical subtrees"],
    ["-g, --show-pgids", "show process group ids; implies -c"],
    ["-l, --long", "don't truncate long lines"],
    ["-n, --numeric-sort", "sort output by PID"],
    ["-p, --show-pids", "show PIDs; implies -c"],
    ["-s, --show-parents", "show parents of the selected process"],
    ["-T, --hide-threads", "hide threads, show only processes"],
    ["-u, --uid-changes", "show uid transitions"],
    ["-U, --unicode", "use UTF-8 (Unicode) line drawing characters"],
    ["-V", "display version information"],
  ],
  unmodelled: [
    "-C TYPE",
    "--color=TYPE",
    "-G",
    "--vt100",
    "-h",
    "--highlight-all",
    "-H PID",
    "--highlight-pid=PID",
    "-N TYPE",
    "--ns-sort=TYPE",
    "-S",
    "--ns-changes",
    "-t",
    "--thread-names",
    "-Z",
    "--security-context",
  ],
  *run(tool, args) {
    if (args.has("V")) {
      yield* tool.print("pstree (PSmisc) 23.6\n");
      return 0;
    }
    const tree = new Tree(tool, args);
    const [start] = args.operands;
    const lines: string[] = [];
    if (start === undefined || /^\d+$/.test(start)) {
      const root = tree.find(Number(start ?? 1));
      if (!root) return 1;
      lines.push(...tree.render(root));
    } else {
      const uid = findUser(tool.sys, start);
      if (uid === undefined) throw tool.fail(`no such user name: ${start}`);
      const roots = tree.rootsOf(uid);
      if (roots.length === 0) {
        yield* tool.print("No processes found.\n");
        return 1;
      }
      roots.forEach((root, index) => lines.push(...(index > 0 ? [""] : []), ...tree.render(root)));
    }
    const width = args.has("l") || !tool.sys.isatty(1) ? Infinity : tool.sys.windowSize(1).columns;
    for (const line of lines)
      yield* tool.print(`${line.length > width ? `${line.slice(0, width - 1)}+` : line}\n`);
    return 0;
  },
});

class Tree {
  private readonly processes: readonly ProcessInfo[];
  private readonly lines: Lines;

  constructor(
    tool: Tool,
    private readonly args: Arguments,
  ) {
    this.processes = listProcesses(tool.sys);
    const style = args.lastOf("A", "U");
    // On its own account Unicode only on a terminal that speaks it.
    const unicode =
      style === "U" || (style === undefined && isUtf8(tool.sys.env) && tool.sys.isatty(1));
    this.lines = unicode ? UNICODE : ASCII;
  }

  find(pid: number): ProcessInfo | undefined {
    return this.processes.find((process) => process.pid === pid);
  }

  rootsOf(uid: number): readonly ProcessInfo[] {
    return this.processes.filter(
      (process) => process.uid === uid && this.find(process.ppid)?.uid !== uid,
    );
  }

  private children(process: ProcessInfo): readonly ProcessInfo[] {
    const found = this.processes.filter(
      ({ ppid, pid }) => ppid === process.pid && pid !== process.pid,
    );
    if (this.args.has("n")) return found;
    return [...found].sort((a, b) => (a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : a.pid - b.pid));
  }

  render(root: ProcessInfo): readonly string[] {
    if (!this.args.has("s"))
      return this.args.has("a") ? this.indented(root, "", "") : this.block(root);
    let lines = this.args.has("a") ? this.indented(root, "", "") : this.block(root);
    for (let parent = this.find(root.ppid); parent; parent = this.find(parent.ppid)) {
      const label = this.label(parent);
      const indent = " ".repeat(label.length + this.lines.single.length);
      lines = lines.map((line, index) => (index === 0 ? label + this.lines.single : indent) + line);
    }
    return lines;
  }

  private label(process: ProcessInfo): string {
    const { args } = this;
    const notes: string[] = [];
    if (args.has("p")) notes.push(String(process.pid));
    if (args.has("g")) notes.push(String(process.group));
    if (args.has("u") && this.find(process.ppid) && this.find(process.ppid)?.uid !== process.uid)
      notes.push(process.user);
    return process.comm + (notes.length > 0 ? `(${notes.join(",")})` : "");
  }

  /** With -a every process has a line of its own. */
  private indented(process: ProcessInfo, own: string, below: string): readonly string[] {
    const words = process.argv.slice(1).map((word) => ` ${byteString(word)}`);
    const comma = this.args.has("p", "g")
      ? this.label(process).replace("(", ",").replace(")", "")
      : this.label(process);
    const lines = [own + comma + words.join("")];
    const family = this.children(process);
    family.forEach((child, index) => {
      const last = index === family.length - 1;
      const bar = last ? " " : this.lines.bar;
      lines.push(
        ...this.indented(
          child,
          `${below}  ${last ? this.lines.last : this.lines.middle}`,
          `${below}  ${bar} `,
        ),
      );
    });
    return lines;
  }

  private block(process: ProcessInfo): readonly string[] {
    const label = this.label(process);
    const groups: { readonly lines: readonly string[]; count: number }[] = [];
    for (const child of this.children(process)) {
      const lines = this.block(child);
      const same = this.args.has("c", "p", "g")
        ? undefined
        : groups.find((group) => group.lines.join("\n") === lines.join("\n"));
      if (same) same.count += 1;
      else groups.push({ lines, count: 1 });
    }
    if (groups.length === 0) return [label];
    const indent = " ".repeat(label.length);
    const out: string[] = [];
    groups.forEach(({ lines, count }, index) => {
      const last = index === groups.length - 1;
      const only = groups.length === 1;
      const open =
        index === 0
          ? label + (only ? this.lines.single : this.lines.first)
          : `${indent} ${last ? this.lines.last : this.lines.middle}`;
      const rest = only ? `${indent}   ` : `${indent} ${last ? " " : this.lines.bar} `;
      const many = count > 1 ? `${count}*[` : "";
      const pad = " ".repeat(many.length);
      lines.forEach((line, row) => {
        const closed = many !== "" && row === lines.length - 1 ? `${line}]` : line;
        out.push(row === 0 ? open + many + closed : rest + pad + closed);
      });
    });
    return out;
  }
}
