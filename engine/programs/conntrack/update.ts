/** Changing flows: `conntrack -U`. */
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import { TCP_STATES } from "../../kernel/netfilter/conntrack/tcp.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import { listedFlow } from "./format.ts";
import type { ConntrackOptions } from "./options.ts";

const ACK = Symbol("NLMSG_ERROR 0");
const NO_SUCH_ENTRY = Symbol("NLMSG_ERROR ENOENT");

/** An answer of the kernel: a flow as a line, or a word about the request. */
type Reply = string | typeof ACK | typeof NO_SUCH_ENTRY;

/**
 * The netlink socket of the changes. The real program reads one message for each request, though a
 * flow comes with an acknowledgement behind it: what is left over it takes for the next answer, so
 * not every flow that changed is shown.
 */
class Requests {
  private readonly unread: Reply[] = [];

  /** What the program takes for the answer. */
  send(...replies: readonly Reply[]): Reply {
    this.unread.push(...replies);
    return this.unread.shift() ?? ACK;
  }
}

interface Updated {
  readonly count: number;
  readonly lines: readonly string[];
  /** How many requests were refused, as the program understood it. */
  readonly failures: number;
}

/**
 * Asks for a change of each flow by its tuple alone, so a flow of another zone lends its tuple to the
 * one of zone 0.
 */
export function updateFlows(
  sys: Sys,
  entries: readonly ConntrackEntry[],
  options: ConntrackOptions,
): Updated {
  const { conntrack } = sys.netfilter;
  const requests = new Requests();
  const lines: string[] = [];
  const wanted = entries.filter((entry) => isDifferent(entry, options));
  const marks = wanted.map((entry) => newMark(entry, options));
  let failures = 0;
  wanted.forEach((entry, i) => {
    const target = conntrack.find(entry.tuple, undefined)?.entry;
    if (target) {
      change(target, options, marks[i] ?? 0, sys.netfilter.netns.sim.nowNs);
      conntrack.report("update", target);
    }
    if (requests.send(target ? ACK : NO_SUCH_ENTRY) === NO_SUCH_ENTRY) {
      failures += 1;
      return;
    }
    const shown = target
      ? requests.send(listedFlow(target, options.format, 2, "U"), ACK)
      : requests.send(NO_SUCH_ENTRY);
    if (typeof shown === "string") lines.push(shown);
    else if (shown === NO_SUCH_ENTRY) failures += 1;
  });
  return { count: wanted.length - failures, lines, failures };
}

function newMark({ mark }: ConntrackEntry, options: ConntrackOptions): number {
  return options.mark ? ((mark & ~options.mark.mask) | options.mark.value) >>> 0 : mark;
}

/** A flow that is as wanted is left alone. */
function isDifferent(entry: ConntrackEntry, options: ConntrackOptions): boolean {
  const { state, statuses, timeoutSeconds } = options;
  return (
    timeoutSeconds !== undefined ||
    newMark(entry, options) !== entry.mark ||
    (state !== undefined && entry.tcp?.state !== state) ||
    (statuses.includes("ASSURED") && !entry.assured) ||
    (statuses.includes("SEEN_REPLY") && !entry.seenReply)
  );
}

function change(entry: ConntrackEntry, options: ConntrackOptions, mark: number, nowNs: Ns): void {
  const { statuses, timeoutSeconds } = options;
  entry.mark = mark;
  const state = TCP_STATES.find((name) => name === options.state);
  if (entry.tcp && state) entry.tcp.state = state;
  if (statuses.includes("ASSURED")) entry.assured = true;
  if (statuses.includes("SEEN_REPLY")) entry.seenReply = true;
  if (timeoutSeconds === undefined) return;
  entry.timeoutNs = timeoutSeconds * SECOND;
  entry.expiresNs = nowNs + entry.timeoutNs;
}
