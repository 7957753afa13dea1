import { KernelError, strerror } from "../../../../kernel/errno.ts";
import type { Sys } from "../../../../kernel/process/sys.ts";
import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { humanSize } from "../../../../programs/support/go/units.ts";
import type { ArchiveEntry } from "../../../api/archive.ts";
import { ApiError } from "../../../api/errors.ts";
import { readTree } from "../../archive.ts";
import { CliError, type Cli } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { containerNames } from "../../completion.ts";

interface Place {
  /** Undefined: on our side. */
  readonly container?: string;
  readonly path: string;
}

/** `CONTAINER:PATH`; a path that begins with `/` or `.` is ours whatever it contains. */
function place(text: string): Place {
  const colon = text.indexOf(":");
  if (/^[./]/.test(text) || colon < 1) return { path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

const baseName = (path: string) => path.replace(/\/+$/, "").split("/").at(-1) ?? "";
const parentOf = (path: string) => path.replace(/\/+$/, "").replace(/\/?[^/]*$/, "") || "/";

function isDirectory(sys: Sys, path: string): boolean {
  try {
    return sys.stat(path).kind === "directory";
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return false;
  }
}

/** `SRC/.`: what is in the directory rather than the directory. */
const contentsOnly = (path: string) => /(^|\/)\.$/.test(path);

/** The entries under a new first name; undefined: without their first name. */
function renamed(entries: readonly ArchiveEntry[], name: string | undefined): ArchiveEntry[] {
  const out: ArchiveEntry[] = [];
  for (const entry of entries) {
    const rest = entry.path.split("/").slice(1);
    const parts = name === undefined ? rest : [name, ...rest];
    if (parts.length > 0) out.push({ ...entry, path: parts.join("/") });
  }
  return out;
}

function* fromContainer(cli: Cli, container: string, from: string, to: string): Blocking<number> {
  let found;
  try {
    found = cli.engine.containerArchive(container, from);
  } catch (error) {
    throw cli.missing("container:path", `${container}:${from}`, error);
  }
  const { entries, stat } = found;
  const { sys } = cli;
  const intoDirectory = isDirectory(sys, to);
  if (!intoDirectory && (to.endsWith("/") || !isDirectory(sys, parentOf(absolute(sys, to))))) {
    if (stat.kind !== "directory" || !isDirectory(sys, parentOf(absolute(sys, to)))) {
      throw new CliError("no such directory");
    }
  }
  const base = intoDirectory ? to : parentOf(absolute(sys, to));
  const name = intoDirectory ? (contentsOnly(from) ? undefined : stat.name) : baseName(to);
  const placed = renamed(entries, name);
  for (const entry of placed) writeEntry(sys, base, entry);
  return placed.reduce((sum, entry) => sum + (entry.content?.length ?? 0), 0);
}

const absolute = (sys: Sys, path: string) => (path.startsWith("/") ? path : `${sys.cwd()}/${path}`);

function writeEntry(sys: Sys, base: string, entry: ArchiveEntry): void {
  const path = `${base}/${entry.path}`;
  if (entry.kind === "directory") {
    if (!isDirectory(sys, path)) sys.mkdir(path, entry.mode);
  } else if (entry.kind === "symlink") sys.symlink(entry.target ?? "", path);
  else sys.writeFile(path, entry.content ?? new Uint8Array(0), { mode: entry.mode });
}

function* toContainer(cli: Cli, from: string, container: string, to: string): Blocking<number> {
  const { sys, engine } = cli;
  try {
    sys.stat(from, { followLinks: false });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const shown = from.startsWith("/") ? `/${from}` : absolute(sys, from);
    throw new CliError(`lstat ${shown}: ${strerror(error.errno).toLowerCase()}`);
  }
  const entries = readTree(sys, from);
  const target = targetOf(() => engine.containerArchiveInfo(container, to));
  const directory = target?.kind === "directory";
  if (!directory && to.endsWith("/")) throw new CliError("no such directory");
  const name = directory ? (contentsOnly(from) ? undefined : baseName(from)) : baseName(to);
  const placed = renamed(entries, name);
  engine.putContainerArchive(container, directory ? to : parentOf(to), placed);
  return placed.reduce((sum, entry) => sum + (entry.content?.length ?? 0), 0);
}

/** What stands at the target; undefined: nothing yet. */
function targetOf<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    const absent = error instanceof ApiError && error.status === 404;
    if (!absent || /No such container/.test(error.message)) throw error;
    return undefined;
  }
}

export const copy = defineCommand({
  path: "container cp",
  shortcut: "cp",
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  description:
    "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
  flags: {
    "-a, --archive": "Archive mode (copy all uid/gid information)",
    "-L, --follow-link": "Always follow symbol link in SRC_PATH",
    "-q, --quiet": [
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
      undefined,
    ],
  },
  args: exactly(2),
  unmodelled: ["archive", "follow-link"],
  *run(cli, { args, flags }) {
    const [from, to] = [place(args[0] ?? ""), place(args[1] ?? "")];
    if (args[0] === "" || args[1] === "") {
      throw new CliError(`${args[0] === "" ? "source" : "destination"} can not be empty`);
    }
    if (from.path === "-" || to.path === "-") {
      throw new CliError("docker: Podwire does not model tar streams on standard input and output");
    }
    if (from.container !== undefined && to.container !== undefined) {
      throw new CliError("copying between containers is not supported");
    }
    const told = cli.recent && cli.sys.isatty(2) && !flags.on("quiet");
    if (from.container !== undefined) {
      const bytes = yield* fromContainer(cli, from.container, from.path, to.path);
      if (told) {
        yield* cli.printError(
          `Successfully copied ${humanSize(tarSize(bytes), 3)} to ${absolute(cli.sys, to.path)}\n`,
        );
      }
      return 0;
    }
    if (to.container === undefined) {
      throw new CliError("must specify at least one container source");
    }
    const bytes = yield* toContainer(cli, from.path, to.container, to.path);
    if (told) {
      yield* cli.printError(
        `Successfully copied ${humanSize(tarSize(bytes), 3)} to ${to.container}:${to.path}\n`,
      );
    }
    return 0;
  },
  complete: (cli) => ({ ...containerNames(cli), files: true }),
});

/** Of an archive of one file: its header, its blocks and the two that end it. */
function tarSize(bytes: number): number {
  return 512 + Math.ceil(bytes / 512) * 512 + 1024;
}
