/**
 * The order in which probes are sent, given up and printed. Several are under way at once; lines
 * are printed as soon as their probes are settled, from the first hop on.
 */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MILLISECOND, seconds, type Ns } from "../../sim/clock.ts";
import { resolveAddress } from "../support/resolve.ts";
import type { TracerouteOptions } from "./options.ts";
import { newProbe, type Method, type Probe } from "./probe.ts";

/** Added to an earlier answer's time before it is multiplied by HERE or NEAR. */
const PRECISION_NS = MILLISECOND;

export class Tracer {
  private readonly probes: readonly Probe[];
  private readonly names = new Map<Ipv4, string>();
  private lastSentNs: Ns | undefined;
  private stopped = false;

  constructor(
    private readonly sys: Sys,
    private readonly method: Method,
    private readonly options: TracerouteOptions,
  ) {
    const count = options.maxHops * options.probesPerHop;
    this.probes = Array.from({ length: count }, (_, index) => newProbe(index));
    sys.signal("SIGINT", () => (this.stopped = true));
  }

  /** False when Ctrl-C ended it. */
  *run(): Blocking<boolean> {
    const { firstHop, probesPerHop } = this.options;
    let start = (firstHop - 1) * probesPerHop;
    let end = this.probes.length;
    while (start < end && !this.stopped) {
      let waitFromNs: Ns | undefined;
      let underWay = 0;
      for (let index = start; index < end; index++) {
        const probe = this.probes[index] as Probe;
        if (!probe.done && probe.sentNs !== undefined && this.isOverdue(probe, probe.sentNs)) {
          probe.done = true;
          this.method.forget(probe);
        }
        if (probe.done) {
          if (index === start) {
            yield* this.print(probe);
            start += 1;
          }
          if (probe.final) end = (Math.floor(index / probesPerHop) + 1) * probesPerHop;
          continue;
        }
        if (probe.sentNs === undefined) {
          const pauseNs = this.pauseNs();
          if (pauseNs > 0) {
            waitFromNs = this.sys.monotonicNs() + pauseNs - seconds(this.options.waitSeconds);
            break;
          }
          yield* this.method.send(probe, Math.floor(index / probesPerHop) + 1);
          this.lastSentNs = this.sys.monotonicNs();
        }
        const dueNs =
          (probe.sentNs ?? 0) + this.timeoutNs(probe) - seconds(this.options.waitSeconds);
        waitFromNs = Math.min(waitFromNs ?? dueNs, dueNs);
        underWay += 1;
        if (underWay >= this.options.simultaneous) break;
      }
      if (waitFromNs === undefined) continue;
      yield* this.wait(waitFromNs + seconds(this.options.waitSeconds));
    }
    yield* this.sys.print("\n");
    return !this.stopped;
  }

  private *wait(untilNs: Ns): Blocking<void> {
    // poll(2) counts whole milliseconds: probes sent together are given up together.
    const leftNs = Math.max(0, untilNs - this.sys.monotonicNs());
    const roundedNs = Math.ceil(leftNs / MILLISECOND) * MILLISECOND;
    try {
      yield* this.method.receive(roundedNs);
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
    }
  }

  /** -z: how long to hold back the next probe. */
  private pauseNs(): Ns {
    if (this.lastSentNs === undefined) return 0;
    return this.lastSentNs + seconds(this.options.sendWaitSeconds) - this.sys.monotonicNs();
  }

  private isOverdue(probe: Probe, sentNs: Ns): boolean {
    return this.sys.monotonicNs() - sentNs >= this.timeoutNs(probe);
  }

  /** MAX, or less once the same hop (HERE) or a later one (NEAR) has answered. */
  private timeoutNs(probe: Probe): Ns {
    const { probesPerHop, hereFactor, nearFactor, waitSeconds } = this.options;
    const maxNs = seconds(waitSeconds);
    const hopStart = probe.index - (probe.index % probesPerHop);
    if (hereFactor > 0) {
      for (let i = hopStart; i < hopStart + probesPerHop; i++) {
        const tookNs = roundTripNs(this.probes[i]);
        if (tookNs !== undefined) return Math.min(maxNs, (tookNs + PRECISION_NS) * hereFactor);
      }
    }
    if (nearFactor > 0) {
      for (let i = probe.index + 1; this.probes[i]?.sentNs !== undefined; i++) {
        const tookNs = roundTripNs(this.probes[i]);
        if (tookNs !== undefined) return Math.min(maxNs, (tookNs + PRECISION_NS) * nearFactor);
      }
    }
    return maxNs;
  }

  private *print(probe: Probe): Blocking<void> {
    const { probesPerHop } = this.options;
    const place = probe.index % probesPerHop;
    const hop = Math.floor(probe.index / probesPerHop) + 1;
    let text = place === 0 ? `\n${String(hop).padStart(2)} ` : "";
    if (probe.from === undefined) text += " *";
    else {
      const earlier = this.probes
        .slice(probe.index - place, probe.index)
        .findLast((other) => other.from !== undefined);
      if (earlier?.from !== probe.from) text += ` ${yield* this.nameOf(probe.from)}`;
      const tookNs = roundTripNs(probe) ?? 0;
      text += `  ${(tookNs / MILLISECOND).toFixed(3)} ms`;
    }
    if (probe.mark !== "") text += ` ${probe.mark}`;
    yield* this.sys.print(text);
  }

  private *nameOf(address: Ipv4): Blocking<string> {
    const text = formatIpv4(address);
    if (this.options.numeric) return text;
    const known = this.names.get(address);
    if (known !== undefined) return known;
    const shown = `${(yield* resolveAddress(this.sys, address)) ?? text} (${text})`;
    this.names.set(address, shown);
    return shown;
  }
}

function roundTripNs(probe: Probe | undefined): Ns | undefined {
  if (probe?.sentNs === undefined || probe.receivedNs === undefined) return undefined;
  return probe.receivedNs - probe.sentNs;
}
