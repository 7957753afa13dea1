import { SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import type { WaitStatus } from "../../kernel/process/sys.ts";
import { ApiError } from "../api/errors.ts";
import type { Release } from "../daemon/release.ts";

/** 128 + n for a signal. */
export function exitCodeOf(status: WaitStatus): number {
  if (status.kind === "exited") return status.code;
  return status.kind === "signaled" ? 128 + SIGNALS[status.signal] : 0;
}

/** What may stop a container: a name, or any number. ApiError 400. */
export function checkSignal(text: string, release: Release): void {
  if (/^[1-9]\d*$/.test(text)) return;
  const name = `SIG${text.toUpperCase().replace(/^SIG/, "")}`;
  if (name in SIGNALS) return;
  throw new ApiError(400, `${release === "28" ? "invalid" : "Invalid"} signal: ${text}`);
}

/** `9`, `KILL`, `sigkill`. ApiError 400. */
export function parseSignal(text: string): SignalName {
  const wanted = text.toUpperCase().replace(/^SIG/, "");
  for (const [name, number] of Object.entries(SIGNALS)) {
    if (name === `SIG${wanted}` || String(number) === text) return name as SignalName;
  }
  throw new ApiError(400, `Invalid signal: ${text}`);
}
