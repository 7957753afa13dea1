/** Which options a command of conntrack(8) does not take; commands_v_options[] there. */
import { OptionError, type Command, type ConntrackOptions } from "./options.ts";

/** In the order in which the program looks at them. */
const NAMES: readonly (readonly [name: string, ...spellings: readonly string[]])[] = [
  ["src", "-s", "--src", "--orig-src"],
  ["dst", "-d", "--dst", "--orig-dst"],
  ["reply-src", "-r", "--reply-src"],
  ["reply-dst", "-q", "--reply-dst"],
  ["protonum", "-p", "--proto"],
  ["timeout", "-t", "--timeout"],
  ["status", "-u", "--status"],
  ["zero", "-z", "--zero"],
  ["event-mask", "-e", "--event-mask"],
  ["mark", "-m", "--mark"],
  ["family", "-f", "--family"],
  ["src-nat", "-n", "--src-nat"],
  ["dst-nat", "-g", "--dst-nat"],
  ["output", "-o", "--output"],
  ["any-nat", "-j", "--any-nat"],
  ["zone", "-w", "--zone"],
];

const EVERY = NAMES.map(([name]) => name);

const CREATION = ["zero", "event-mask", "family", "output", "any-nat"];

const REFUSED: Readonly<Partial<Record<Command, readonly string[]>>> = {
  L: ["timeout", "event-mask"],
  G: EVERY.slice(EVERY.indexOf("timeout")).filter((name) => name !== "output"),
  D: ["zero", "event-mask", "any-nat"],
  U: ["zero", "event-mask", "any-nat", "zone"],
  E: ["timeout", "status", "zero"],
  I: CREATION,
  A: CREATION,
  F: EVERY.filter((name) => name !== "family"),
  C: EVERY,
  S: EVERY,
  V: EVERY,
};

/** Throws OptionError. */
export function checkOptions({ command, given, ...options }: ConntrackOptions): void {
  if (options.isAboutExpectations) return;
  // What a command lacks is told first, by the command.
  const needsProtocol = command === "G" || command === "I" || command === "A";
  if (needsProtocol && options.protocol === undefined) return;
  if ((command === "I" || command === "A") && options.timeoutSeconds === undefined) return;
  const refused = REFUSED[command] ?? [];
  const found = NAMES.find(
    ([name, ...spellings]) =>
      refused.includes(name) && spellings.some((spelling) => given.has(spelling)),
  );
  if (found) throw new OptionError(`Illegal option \`--${found[0]}' with this command`);
}
