/** The tree of commands: groups, docker's own list, and where a path leads. */
import { COMMANDS } from "./commands/index.ts";
import { wordsFor, type Command } from "./command.ts";
import type { Section } from "./help.ts";
import { UNMODELLED_COMMANDS } from "./unmodelled.ts";
import type { CliVersion } from "./version.ts";

export interface Group {
  readonly name: string;
  readonly summary: string;
  /** What a usage hint of 28 says after the group's name. */
  readonly use: string;
}

const GROUPS: readonly Group[] = [
  { name: "container", summary: "Manage containers", use: "container" },
  { name: "context", summary: "Manage contexts", use: "context" },
  { name: "image", summary: "Manage images", use: "image" },
  { name: "network", summary: "Manage networks", use: "network" },
  { name: "system", summary: "Manage Docker", use: "system" },
  { name: "volume", summary: "Manage volumes", use: "volume COMMAND" },
];

const SWARM = ["config", "node", "secret", "service", "stack", "swarm"];
const MANAGEMENT = ["builder", "completion", "manifest", "plugin", "trust"];
const COMMON = [
  "run",
  "exec",
  "ps",
  "build",
  "pull",
  "push",
  "images",
  "login",
  "logout",
  "search",
  "version",
  "info",
];

type Row = readonly [name: string, summary: string];

const byName = (a: Row, b: Row) => (a[0] < b[0] ? -1 : 1);

/** Commands below `docker GROUP`, and those of docker itself when there is none. */
function commandRows(group: string | undefined, version: CliVersion): Row[] {
  const rows: Row[] = [];
  const add = (name: string, summary: string | undefined) => {
    if (summary !== undefined) rows.push([name, summary]);
  };
  for (const command of COMMANDS) {
    if (wordsFor(command.usage, version) === undefined) continue;
    const words = command.path.split(" ");
    const summary = wordsFor(command.summary, version);
    if (words.length === 2 && words[0] === group) add(words[1] as string, summary);
    if (group === undefined && words.length === 1) add(command.path, summary);
    if (group === undefined && command.shortcut !== undefined) add(command.shortcut, summary);
  }
  for (const [path, words] of Object.entries(UNMODELLED_COMMANDS)) {
    const parts = path.split(" ");
    if (group === undefined ? parts.length === 1 : parts.length === 2 && parts[0] === group) {
      add(parts.at(-1) as string, wordsFor(words, version));
    }
  }
  return rows.sort(byName);
}

export function groupSections(group: string, version: CliVersion): readonly Section[] {
  return [{ title: "Commands", rows: commandRows(group, version) }];
}

export function rootSections(version: CliVersion): readonly Section[] {
  const rows = commandRows(undefined, version);
  const recent = version === "28";
  const pick = (names: readonly string[]) =>
    names.flatMap((name) => rows.filter(([found]) => found === name));
  const management: Row[] = [
    ...GROUPS.map(({ name, summary }): Row => [name, summary]),
    ...pick(recent ? MANAGEMENT : [...MANAGEMENT, ...SWARM]),
    ...(recent ? [["compose*", "Docker Compose"] as const] : []),
  ];
  const rest = rows.filter(
    ([name]) =>
      ![...MANAGEMENT, ...SWARM, "compose"].includes(name) && !(recent && COMMON.includes(name)),
  );
  return [
    ...(recent ? [{ title: "Common Commands", rows: pick(COMMON) }] : []),
    { title: "Management Commands", rows: management.sort(byName) },
    ...(recent ? [{ title: "Swarm Commands", rows: pick(SWARM) }] : []),
    { title: "Commands", rows: rest },
  ];
}

export type Target =
  | {
      readonly kind: "command";
      readonly command: Command;
      readonly path: string;
      readonly used: number;
    }
  | { readonly kind: "group"; readonly group: Group; readonly rest: readonly string[] }
  | { readonly kind: "refused"; readonly path: string }
  | { readonly kind: "unknown" };

/** What the first words of a command line name. */
export function findTarget(words: readonly string[], version: CliVersion): Target {
  const [first = "", second = ""] = words;
  const known = COMMANDS.filter((command) => wordsFor(command.usage, version) !== undefined);
  const single = known.find((command) => command.path === first || command.shortcut === first);
  if (single !== undefined) {
    return { kind: "command", command: single, path: `docker ${first}`, used: 1 };
  }
  const group = GROUPS.find(({ name }) => name === first);
  if (group === undefined) {
    return isRefused(first, version) ? { kind: "refused", path: first } : { kind: "unknown" };
  }
  const command = known.find(
    ({ path, aliases = [] }) =>
      path.startsWith(`${first} `) && (path === `${first} ${second}` || aliases.includes(second)),
  );
  if (command !== undefined) {
    return { kind: "command", command, path: `docker ${command.path}`, used: 2 };
  }
  if (isRefused(`${first} ${second}`, version))
    return { kind: "refused", path: `${first} ${second}` };
  return { kind: "group", group, rest: words.slice(1) };
}

function isRefused(path: string, version: CliVersion): boolean {
  const words = UNMODELLED_COMMANDS[path];
  return words !== undefined && wordsFor(words, version) !== undefined;
}

/** Names that can follow `docker`, or `docker GROUP`. */
export function childNames(group: string | undefined, version: CliVersion): readonly string[] {
  const own = commandRows(group, version).map(([name]) => name);
  return group === undefined ? [...own, ...GROUPS.map(({ name }) => name)].sort() : own;
}
