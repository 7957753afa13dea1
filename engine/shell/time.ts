/** The `time` keyword. */
import type { Blocking } from "../kernel/process/wait-queue.ts";
import type { Shell } from "./shell.ts";

/** Runs `body` and prints how long it took. The emulated processor takes no time: user and sys are 0. */
export function* timed(shell: Shell, body: Blocking<void>, posix: boolean): Blocking<void> {
  const start = shell.sys.monotonicNs();
  yield* body;
  const seconds = (shell.sys.monotonicNs() - start) / 1e9;
  const format = shell.variables.value("TIMEFORMAT");
  if (posix) {
    yield* shell.write(2, `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`, true);
  } else if (format !== undefined) {
    if (format !== "") yield* shell.write(2, `${formatted(format, seconds)}\n`, true);
  } else {
    const zero = minutes(0);
    yield* shell.write(2, `\nreal\t${minutes(seconds)}\nuser\t${zero}\nsys\t${zero}\n`, true);
  }
}

function minutes(seconds: number, digits = 3): string {
  return `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(digits)}s`;
}

/** TIMEFORMAT: `%[p][l]R`, U, S and P. */
function formatted(format: string, seconds: number): string {
  return format.replace(/%(?:%|(\d?)(l?)([RUSP]))/g, (all, precision, long, what) => {
    if (all === "%%") return "%";
    const value = what === "R" ? seconds : 0;
    const digits = precision === "" ? 3 : Math.min(Number(precision), 3);
    if (what === "P") return "0.00";
    return long === "l" ? minutes(value, digits) : value.toFixed(digits);
  });
}
