/** ls, one name a line or long. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Stat, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { strftime } from "../support/calendar.ts";
import { getopt } from "../support/getopt.ts";
import { joinPath } from "../support/paths.ts";
import type { Applet } from "./applet.ts";

const KINDS: Record<Stat["kind"], string> = {
  file: "-",
  directory: "d",
  symlink: "l",
  char: "c",
  fifo: "p",
  socket: "s",
};
/** Files older than this show their year. */
const HALF_YEAR_SECONDS = 15_768_000;

function modeText(stat: Stat): string {
  const bits = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 4, 2, 1];
  const text = bits.map((bit, index) => (stat.mode & bit ? "rwx".charAt(index % 3) : "-"));
  const last = stat.mode & 0o1000 ? (stat.mode & 1 ? "t" : "T") : text[8];
  return `${KINDS[stat.kind]}${text.slice(0, 8).join("")}${last}`;
}

function longLine(sys: Sys, path: string, name: string): string {
  const stat = sys.stat(path, { followLinks: false });
  const isOld = Math.abs(sys.realtimeSeconds() - stat.modifiedSeconds) > HALF_YEAR_SECONDS;
  const when = strftime(isOld ? "%b %e  %Y" : "%b %e %H:%M", stat.modifiedSeconds);
  const target = stat.kind === "symlink" ? ` -> ${sys.readlink(path)}` : "";
  return (
    `${modeText(stat)} ${String(stat.links).padStart(4)} ${owner(sys, "passwd", stat.uid)} ` +
    `${owner(sys, "group", stat.gid)} ${String(stat.sizeBytes).padStart(9)} ${when} ${name}${target}\n`
  );
}

function owner(sys: Sys, file: "passwd" | "group", id: number): string {
  const lines = sys.readTextFile(`/etc/${file}`).split("\n");
  const found = lines.map((line) => line.split(":")).find((fields) => fields[2] === String(id));
  return (found?.[0] ?? String(id)).slice(0, 8).padEnd(8);
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "1aAdl", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(
      `${parsed.error.replace("invalid option -- ", "Podwire does not model the option ")}\n`,
    );
    return 1;
  }
  const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
  let status = 0;
  const files: string[] = [];
  const directories: string[] = [];
  for (const path of parsed.operands.length === 0 ? ["."] : parsed.operands) {
    try {
      const { kind } = sys.stat(path, { followLinks: !has("l") });
      (kind === "directory" && !has("d") ? directories : files).push(path);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      yield* sys.printError(`ls: ${path}: ${strerror(error.errno)}\n`);
      status = 1;
    }
  }
  let text = "";
  const line = (path: string, name: string): string =>
    has("l") ? longLine(sys, path, name) : `${name}\n`;
  for (const path of files.sort()) text += line(path, path);
  for (const path of directories.sort()) {
    if (parsed.operands.length > 1) text += `${text === "" ? "" : "\n"}${path}:\n`;
    const names = sys.readdir(path).filter((name) => name !== "." && name !== "..");
    const shown = names.filter((name) => has("a") || has("A") || !name.startsWith("."));
    const all = (has("a") ? [".", "..", ...shown] : shown).sort();
    if (has("l")) text += `total ${blocks(sys, path, all)}\n`;
    text += all.map((name) => line(joinPath(path, name), name)).join("");
  }
  yield* sys.print(text);
  return status;
}

/** In kibibytes, as blocks of 4096 bytes take them. */
function blocks(sys: Sys, directory: string, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const stat = sys.stat(joinPath(directory, name), { followLinks: false });
    return stat.kind === "file" || stat.kind === "directory"
      ? sum + Math.ceil(stat.sizeBytes / 4096) * 4
      : sum;
  }, 0);
}

export const ls: Applet = {
  name: "ls",
  summary: "List directory contents, one a line",
  directory: "/bin",
  main,
};
