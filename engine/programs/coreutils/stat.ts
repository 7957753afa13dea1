import type { Stat } from "../../kernel/process/sys.ts";
import { groupName, userName } from "../support/accounts.ts";
import { byteString } from "../support/bytes.ts";
import { strftime } from "../support/calendar.ts";
import { modeText } from "../support/file-mode.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

const LONG = `  File: %N
  Size: %-10s	Blocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld	Inode: %-10i  Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: %w
`;
const TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";

/** File type bits of st_mode, inode(7). */
const TYPE_BITS = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  char: 0o020000,
  fifo: 0o010000,
  socket: 0o140000,
};

export const stat = defineTool({
  name: "stat",
  package: "coreutils",
  summary: "display file or file system status",
  usage: ["[OPTION]... FILE..."],
  description: "Display file or file system status.",
  options: [
    ["-L, --dereference", "follow links"],
    ["-c, --format=FORMAT", "use the specified FORMAT instead of the default; a newline follows"],
    ["--printf=FORMAT", "like --format, but interpret backslash escapes, and no newline"],
    ["-t, --terse", "print the information in terse form"],
  ],
  unmodelled: ["-f", "--file-system", "--cached=MODE"],
  examples: ["stat -c '%U:%G %a' /etc/passwd"],
  limitations: ["Every time shown is that of the last modification, the only one kept."],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    const format = args.value("c");
    const printf = args.value("printf");
    for (const path of args.operands) {
      let found: Stat;
      try {
        found =
          path === "-" ? tool.sys.fstat(0) : tool.sys.stat(path, { followLinks: args.has("L") });
      } catch (error) {
        yield* tool.warn(`cannot statx ${quoteName(path)}: ${reason(error)}`);
        continue;
      }
      const text =
        format !== undefined
          ? `${byteString(format)}\n`
          : printf !== undefined
            ? unescape(byteString(printf))
            : args.has("t")
              ? TERSE
              : LONG;
      yield* tool.out.write(expand(tool, text, path, found, text === LONG));
    }
  },
});

function unescape(text: string): string {
  const table: Record<string, string> = {
    n: "\n",
    t: "\t",
    "\\": "\\",
    r: "\r",
    a: "\x07",
    '"': '"',
  };
  return text.replace(/\\(?:([0-7]{1,3})|([^]))/g, (whole, octal?: string, char?: string) =>
    octal ? String.fromCharCode(Number.parseInt(octal, 8) & 255) : (table[char ?? ""] ?? whole),
  );
}

function expand(
  tool: Tool,
  format: string,
  path: string,
  found: Stat,
  plainNames: boolean,
): string {
  const { sys } = tool;
  const time = strftime("%Y-%m-%d %H:%M:%S.%N %z", found.modifiedSeconds);
  const seconds = String(Math.floor(found.modifiedSeconds));
  const values: Record<string, () => string> = {
    n: () => byteString(path),
    N: () => {
      const quote = (name: string) => (plainNames ? byteString(name) : quoteName(name));
      return found.kind === "symlink"
        ? `${quote(path)} -> ${quote(sys.readlink(path))}`
        : quote(path);
    },
    s: () => String(found.sizeBytes),
    b: () =>
      String(
        found.kind === "file"
          ? Math.ceil(found.sizeBytes / 4096) * 8
          : found.kind === "directory"
            ? 8
            : 0,
      ),
    B: () => "512",
    o: () => "4096",
    F: () => describe(found),
    a: () => found.mode.toString(8),
    A: () => modeText(found),
    f: () => (TYPE_BITS[found.kind] | found.mode).toString(16),
    u: () => String(found.uid),
    U: () => userName(sys, found.uid),
    g: () => String(found.gid),
    G: () => groupName(sys, found.gid),
    i: () => String(found.inode),
    h: () => String(found.links),
    d: () => String(found.device ?? 0),
    D: () => (found.device ?? 0).toString(16),
    Hd: () => "0",
    Ld: () => String(found.device ?? 0),
    t: () => "0",
    T: () => "0",
    m: () => "/",
    x: () => time,
    y: () => time,
    z: () => time,
    w: () => time,
    X: () => seconds,
    Y: () => seconds,
    Z: () => seconds,
    W: () => seconds,
  };
  return format.replace(
    /%(?:%|([-0 ]*)(\d*)(?:\.(\d+))?([HL]?[a-zA-Z]))/g,
    (whole, flags: string, width: string, precision: string | undefined, name: string) => {
      if (whole === "%%") return "%";
      const make = values[name] ?? values[name.slice(-1)];
      if (!make) return "?";
      const text = precision === undefined ? make() : make().slice(0, Number(precision));
      if (flags.includes("-")) return text.padEnd(Number(width));
      return text.padStart(Number(width || 0), flags.includes("0") ? "0" : " ");
    },
  );
}

function describe(found: Stat): string {
  switch (found.kind) {
    case "file":
      return found.sizeBytes === 0 ? "regular empty file" : "regular file";
    case "symlink":
      return "symbolic link";
    case "char":
      return "character special file";
    default:
      return found.kind;
  }
}
