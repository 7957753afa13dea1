/** Every scheduler, one line each. */
import { dh, sh } from "./hash.ts";
import { lc, nq, sed, wlc } from "./least.ts";
import { rr, wrr } from "./round-robin.ts";
import type { SchedulerKind } from "./scheduler.ts";
import { fo, ovf } from "./weight.ts";

export const SCHEDULERS: readonly SchedulerKind[] = [rr, wrr, lc, wlc, sh, dh, sed, nq, fo, ovf];

/** Real schedulers that Podwire does not have; refused by name. */
export const UNMODELLED_SCHEDULERS: ReadonlySet<string> = new Set(["lblc", "lblcr", "mh", "twos"]);
