/** Signals as kill(1) and killall(1) name and list them. */
import { SIGNALS } from "../../kernel/process/signal.ts";

/** Without SIG, in the order of their numbers; 29 is POLL to procps and psmisc. */
export const SIGNAL_NAMES: readonly string[] = Object.keys(SIGNALS).map((name) =>
  name === "SIGIO" ? "POLL" : name.slice(3),
);

/** Names joined by blanks in lines of at most 80 characters. */
export function signalList(): string {
  const lines: string[] = [];
  let line = "";
  for (const name of SIGNAL_NAMES) {
    if (line !== "" && line.length + name.length + 1 > 78) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? name : ` ${name}`;
  }
  return [...lines, line].join("\n");
}
