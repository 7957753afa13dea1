/** sysctl(8): the files under /proc/sys by their names. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { getopt } from "../support/getopt.ts";
import { compileRegex, type Regex } from "../support/regex.ts";

const ROOT = "/proc/sys/";

const USAGE = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`;

/** Where --system looks, the first that has a file of a name wins. */
const DIRECTORIES = [
  "/etc/sysctl.d",
  "/run/sysctl.d",
  "/usr/local/lib/sysctl.d",
  "/usr/lib/sysctl.d",
  "/lib/sysctl.d",
];
const DEFAULT_FILE = "/etc/sysctl.conf";

/** `net.ipv4.ip_forward` or `net/ipv4/ip_forward`: the first separator says which is meant. */
function toPath(name: string): string {
  const first = name.search(/[./]/);
  if (first < 0 || name[first] === "/") return ROOT + name;
  const swapped = [...name].map((char) => (char === "." ? "/" : char === "/" ? "." : char));
  return ROOT + swapped.join("");
}

function toName(path: string): string {
  const inside = [...path.slice(ROOT.length)];
  return inside.map((char) => (char === "/" ? "." : char === "." ? "/" : char)).join("");
}

class Sysctl {
  private out = "";
  private errors = "";
  status = 0;
  names = false;
  values = false;
  binary = false;
  quiet = false;
  ignore = false;
  dryRun = false;
  pattern: Regex | undefined;

  constructor(private readonly sys: Sys) {}

  *flush(): Blocking<void> {
    if (this.errors !== "") yield* this.sys.printError(this.errors);
    if (this.out !== "") yield* this.sys.print(this.out);
    this.errors = "";
    this.out = "";
  }

  complain(text: string): void {
    this.errors += `sysctl: ${text}\n`;
    this.status = 1;
  }

  private selected(name: string): boolean {
    return !this.pattern || this.pattern.exec(name, 0) !== undefined;
  }

  private show(name: string, value: string): void {
    if (this.names) this.out += `${name}\n`;
    else if (this.binary) this.out += value;
    else if (this.values) this.out += `${value}\n`;
    else this.out += `${name} = ${value}\n`;
  }

  private missing(path: string): void {
    if (this.ignore) return;
    this.complain(`cannot stat ${path}: No such file or directory`);
  }

  /** One variable, or all of a directory. */
  read(name: string): void {
    const path = toPath(name);
    if (!this.sys.access(path, {})) {
      this.missing(path);
      return;
    }
    this.readPath(path, false);
  }

  readAll(): void {
    for (const entry of this.entries(ROOT.slice(0, -1))) this.readPath(ROOT + entry, true);
  }

  private entries(path: string): readonly string[] {
    return [...this.sys.readdir(path)].sort();
  }

  /** `listing`: what cannot be read is passed over. */
  private readPath(path: string, listing: boolean): void {
    const stat = this.sys.stat(path);
    if (stat.kind === "directory") {
      for (const entry of this.entries(path)) this.readPath(`${path}/${entry}`, listing);
      return;
    }
    const name = toName(path);
    if ((stat.mode & 0o444) === 0 || !this.selected(name)) return;
    if (this.names) {
      this.show(name, "");
      return;
    }
    try {
      const text = this.sys.readTextFile(path).replace(/\n$/, "");
      for (const line of text.split("\n")) this.show(name, line);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const permission = error.errno === "EACCES" || error.errno === "EPERM";
      const text = permission
        ? `permission denied on key '${name}'`
        : `reading key "${name}": ${strerror(error.errno)}`;
      if (!listing || permission) this.complain(text);
    }
  }

  /** A setting that must exist, unless -e. */
  write(name: string, value: string, lenient = false): void {
    const path = toPath(name);
    if (path === ROOT) {
      this.complain(`Path is not under /proc/sys/: ${path}`);
      return;
    }
    if (!this.sys.access(path, {})) {
      if (this.ignore) return;
      this.errors += `sysctl: cannot stat ${path}: No such file or directory\n`;
      if (!lenient) this.status = 1;
      return;
    }
    const key = toName(path);
    if (!this.selected(key)) return;
    try {
      if (!this.dryRun) this.sys.writeFile(path, `${value}\n`);
      if (!this.quiet) this.show(key, value);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (lenient)
        this.errors += `sysctl: setting key "${key}", ignoring: ${strerror(error.errno)}\n`;
      else this.complain(`setting key "${key}": ${strerror(error.errno)}`);
    }
  }

  /** `name=value` of the command line. */
  assign(word: string): void {
    const equals = word.indexOf("=");
    if (equals < 0) {
      this.complain("command line(0): invalid syntax, continuing...");
      return;
    }
    this.write(word.slice(0, equals).trim(), word.slice(equals + 1).trim());
  }

  load(file: string): void {
    let text: string;
    try {
      text = this.sys.readTextFile(file);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.complain(`cannot open "${file}": ${strerror(error.errno)}`);
      return;
    }
    for (const [index, raw] of text.split("\n").entries()) {
      const line = raw.trim();
      if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
      const lenient = line.startsWith("-");
      const equals = line.indexOf("=");
      if (equals < 0) {
        this.errors += `sysctl: ${file}(${index + 1}): invalid syntax, continuing...\n`;
        continue;
      }
      const name = line.slice(lenient ? 1 : 0, equals).trim();
      const value = line.slice(equals + 1).trim();
      for (const match of this.expand(name)) this.write(match, value, lenient);
    }
  }

  /** Stars in a file's names stand for the entries of one directory. */
  private expand(name: string): readonly string[] {
    if (!/[*?[]/.test(name)) return [name];
    let paths = [ROOT.slice(0, -1)];
    for (const part of toPath(name).slice(ROOT.length).split("/")) {
      if (!part.includes("*") && !part.includes("?")) {
        paths = paths.map((path) => `${path}/${part}`).filter((path) => this.sys.access(path, {}));
        continue;
      }
      const source = part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
      const glob = new RegExp(`^${source.replace(/\*+/g, ".*").replace(/\?/g, ".")}$`);
      paths = paths.flatMap((path) =>
        this.entries(path)
          .filter((entry) => glob.test(entry))
          .map((entry) => `${path}/${entry}`),
      );
    }
    return paths.map(toName);
  }

  /** --system: of every name the file of the first directory, in the order of the names. */
  loadSystem(): void {
    const files = new Map<string, string>();
    for (const directory of DIRECTORIES) {
      if (!this.sys.access(directory, {})) continue;
      for (const name of this.sys.readdir(directory)) {
        if (name.endsWith(".conf") && !files.has(name)) files.set(name, `${directory}/${name}`);
      }
    }
    const paths = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
    if (this.sys.access(DEFAULT_FILE, {})) paths.push(DEFAULT_FILE);
    if (!this.quiet) this.out += paths.map((path) => `* Applying ${path} ...\n`).join("");
    for (const path of paths) this.load(path);
  }
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, {
    short: "bneNwfp::qoxaAXr:Vdh",
    long: {
      all: "none",
      deprecated: "none",
      "dry-run": "none",
      binary: "none",
      ignore: "none",
      names: "none",
      values: "none",
      load: "optional",
      quiet: "none",
      write: "none",
      system: "none",
      pattern: "required",
      help: "none",
      version: "none",
    },
  });
  if (!parsed.ok) {
    yield* sys.printError(parsed.error + "\n" + USAGE);
    return 1;
  }
  const sysctl = new Sysctl(sys);
  let [all, write, load, system] = [false, false, false, false];
  let file: string | undefined;
  for (const { name, value } of parsed.options) {
    if (["a", "A", "X", "all"].includes(name)) all = true;
    else if (name === "b" || name === "binary") sysctl.binary = true;
    else if (name === "e" || name === "ignore") sysctl.ignore = true;
    else if (name === "N" || name === "names") sysctl.names = true;
    else if (name === "n" || name === "values") sysctl.values = true;
    else if (name === "q" || name === "quiet") sysctl.quiet = true;
    else if (name === "w" || name === "write") write = true;
    else if (name === "dry-run") sysctl.dryRun = true;
    else if (name === "system") system = true;
    else if (["p", "f", "load"].includes(name)) {
      load = true;
      file = value;
    } else if (name === "r" || name === "pattern") {
      sysctl.pattern = compileRegex(value ?? "", { syntax: "extended" });
    } else if (name === "V" || name === "version") {
      yield* sys.print("sysctl from procps-ng 4.0.2\n");
      return 0;
    } else if (["h", "d", "help"].includes(name)) {
      yield* sys.print(USAGE);
      return 0;
    }
  }
  const words = parsed.operands;
  if (system) sysctl.loadSystem();
  else if (load) {
    for (const path of [...(file === undefined ? [] : [file]), ...words]) sysctl.load(path);
    if (file === undefined && words.length === 0) sysctl.load(DEFAULT_FILE);
  } else if (all) sysctl.readAll();
  else if (words.length === 0) {
    if (parsed.options.length === 0) {
      yield* sys.print(USAGE);
      return 1;
    }
    yield* sys.printError(
      "sysctl: no variables specified\nTry `sysctl --help' for more information.\n",
    );
    return 1;
  } else {
    for (const word of words) {
      if (word === "") {
        yield* sys.printError('sysctl: "" is an unknown key\n');
        return 255;
      }
      if (write || word.includes("=")) sysctl.assign(word);
      else sysctl.read(word);
    }
  }
  yield* sysctl.flush();
  return sysctl.status;
}

export const sysctl: Program = {
  name: "sysctl",
  package: "procps",
  directory: "/usr/sbin",
  docs: {
    summary: "configure kernel parameters at runtime",
    synopsis: "sysctl [options] [variable[=value]] [...]\nsysctl -p [file]\nsysctl -a",
    options: [
      ["-a, --all (-A, -X)", "display all variables"],
      ["-b, --binary", "values without newlines"],
      ["-e, --ignore", "no errors about unknown variables"],
      ["-N, --names; -n, --values", "only the names; only the values"],
      ["-p, --load[=FILE] (-f)", "read settings from a file, /etc/sysctl.conf"],
      ["--system", "read settings from all system directories"],
      ["-r, --pattern EXPRESSION", "only variables that match"],
      ["-q, --quiet", "do not echo what is set"],
      ["-w, --write", "every word is a setting"],
      ["--dry-run", "show, but do not write"],
    ],
    examples: ["sysctl net.ipv4.ip_forward", "sysctl -w net.ipv4.ip_forward=1"],
    limitations: ["Only the variables under /proc/sys that the kernel model has."],
  },
  main,
};
