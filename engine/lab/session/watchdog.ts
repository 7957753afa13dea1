/**
 * Watches for what goes wrong in a lab without anyone saying so: a broadcast storm, a process
 * that never rests. All measures are in virtual time.
 */
import { Bridge } from "../../kernel/device/bridge/bridge.ts";
import type { Process } from "../../kernel/process/process.ts";
import type { Notice } from "../../session.ts";
import { milliseconds, seconds, type Ns } from "../../sim/clock.ts";
import { devicesOf } from "../config/kernel-devices.ts";
import { ownNetwork } from "../config/named-networks.ts";
import type { Lab } from "../lab.ts";
import type { LabCable } from "../model/lab-cable.ts";
import type { LabNode } from "../model/lab-node.ts";
import { Alarm } from "./alarm.ts";

/** Between two looks: so much virtual time, or so many events if time hardly passes. */
const LOOK_EVERY_NS = milliseconds(100);
const LOOK_EVERY_EVENTS = 100_000;

/** Broadcast frames a second on one cable or bridge: a storm begins, and is over. */
const STORM_BEGINS = 20_000;
const STORM_ENDS = 2_000;
/** Looks in a row before the alarm is given or taken back. */
const STORM_PATIENCE = 2;

/** Share of its processor that a machine uses: it runs away, and has calmed down. */
const RUNAWAY_BEGINS = 0.95;
const RUNAWAY_ENDS = 0.5;
const RUNAWAY_EVERY_NS = seconds(1);
/** Seconds of virtual time without rest. */
const RUNAWAY_PATIENCE = 10;

interface Counter {
  frames: number;
  readonly alarm: Alarm;
}

interface ProcessorUse {
  usedNs: Ns;
  readonly alarm: Alarm;
}

export class Watchdog {
  private readonly cables = new Map<LabCable, Counter>();
  private readonly bridges = new Map<Bridge, Counter>();
  private readonly processors = new Map<LabNode, ProcessorUse>();
  private lastLookNs: Ns = 0;
  private lastLookEvents = 0;
  private lastProcessorsNs: Ns = 0;

  constructor(
    private readonly lab: Lab,
    private readonly tell: (notice: Notice) => void,
  ) {}

  /** Called now and then; looks only when enough has happened. */
  look(): void {
    const { sim } = this.lab;
    const elapsedNs = sim.nowNs - this.lastLookNs;
    const events = sim.eventsRun - this.lastLookEvents;
    if (elapsedNs < LOOK_EVERY_NS && events < LOOK_EVERY_EVENTS) return;
    this.lastLookNs = sim.nowNs;
    this.lastLookEvents = sim.eventsRun;
    const elapsed = Math.max(elapsedNs, 1) / seconds(1);
    this.lookAtCables(elapsed);
    this.lookAtBridges(elapsed);
    const processorsNs = sim.nowNs - this.lastProcessorsNs;
    if (processorsNs < RUNAWAY_EVERY_NS) return;
    this.lastProcessorsNs = sim.nowNs;
    this.lookAtProcessors(processorsNs);
  }

  /** The lab is closed: what was warned of is over. */
  stop(): void {
    const alarms = [
      ...[...this.cables.values(), ...this.bridges.values()].map(({ alarm }) => alarm),
      ...[...this.processors.values()].map(({ alarm }) => alarm),
    ];
    for (const { isOn, id } of alarms) if (isOn) this.tell({ kind: "warning-over", id });
  }

  // ---------------------------------------------------------------- storms

  private lookAtCables(elapsed: number): void {
    const present = new Set(this.lab.cables);
    for (const cable of present) {
      const frames = cable.wire.statistics(0).broadcasts + cable.wire.statistics(1).broadcasts;
      const counter = counterFor(this.cables, cable, frames);
      const ends = cable.ends.map((card) => card.node.name);
      this.judge(counter, frames, elapsed, () => ({
        id: `storm-${cable.id}`,
        where: `the cable between ${ends.join(" and ")}`,
        nodes: ends,
      }));
    }
    this.forgetMissing(this.cables, present);
  }

  private lookAtBridges(elapsed: number): void {
    const present = new Set<Bridge>();
    for (const node of this.lab.nodes) {
      if (!node.isOn) continue;
      for (const device of devicesOf(ownNetwork(node.machine))) {
        if (!(device instanceof Bridge)) continue;
        present.add(device);
        const frames = device.groupFramesHandled;
        const counter = counterFor(this.bridges, device, frames);
        this.judge(counter, frames, elapsed, () => ({
          id: `storm-${node.name}-${device.name}`,
          where: `the bridge ${device.name} of ${node.name}`,
          nodes: [node.name],
        }));
      }
    }
    this.forgetMissing(this.bridges, present);
  }

  private judge(
    counter: Counter,
    frames: number,
    elapsed: number,
    place: () => { readonly id: string; readonly where: string; readonly nodes: string[] },
  ): void {
    const rate = Math.max(0, frames - counter.frames) / elapsed;
    counter.frames = frames;
    const times = Math.max(1, Math.floor((elapsed * seconds(1)) / LOOK_EVERY_NS));
    const change = counter.alarm.measure(rate, times);
    if (change === "begins") {
      const { id, where, nodes } = place();
      counter.alarm.id = id;
      this.tell({
        kind: "warning",
        id,
        title: "Broadcast storm",
        detail:
          `${formatCount(rate)} broadcast frames a second on ${where}. ` +
          "There is a loop of switches: cut or remove one cable of it.",
        nodes,
      });
    } else if (change === "ends") {
      this.tell({ kind: "warning-over", id: counter.alarm.id });
    }
  }

  private forgetMissing<K>(counters: Map<K, Counter>, present: ReadonlySet<K>): void {
    for (const [key, { alarm }] of counters) {
      if (present.has(key)) continue;
      counters.delete(key);
      if (alarm.isOn) this.tell({ kind: "warning-over", id: alarm.id });
    }
  }

  // ---------------------------------------------------------------- processors

  private lookAtProcessors(elapsedNs: Ns): void {
    const present = new Set(this.lab.nodes);
    for (const node of present) {
      if (!node.isOn) continue;
      const { scheduler } = node.machine.kernel;
      let use = this.processors.get(node);
      if (!use || use.usedNs > scheduler.cpuUsedNs) {
        use = {
          usedNs: 0,
          alarm: new Alarm(RUNAWAY_BEGINS, RUNAWAY_ENDS, RUNAWAY_PATIENCE),
        };
        this.processors.set(node, use);
      }
      const share = (scheduler.cpuUsedNs - use.usedNs) / elapsedNs;
      use.usedNs = scheduler.cpuUsedNs;
      this.judgeProcessor(node, use, share, Math.floor(elapsedNs / RUNAWAY_EVERY_NS));
    }
    for (const [node, { alarm }] of this.processors) {
      if (present.has(node) && node.isOn) continue;
      this.processors.delete(node);
      if (alarm.isOn) this.tell({ kind: "warning-over", id: alarm.id });
    }
  }

  private judgeProcessor(node: LabNode, use: ProcessorUse, share: number, times: number): void {
    const change = use.alarm.measure(share, times);
    if (change === "begins") {
      use.alarm.id = `runaway-${node.name}`;
      const busiest = busiestProcess(node);
      this.tell({
        kind: "warning",
        id: use.alarm.id,
        title: `${node.name} is busy all the time`,
        detail: busiest
          ? `The process ${busiest.argv.join(" ")} (${busiest.pid}) uses its whole processor. ` +
            `End it with Ctrl-C, or with: kill ${busiest.pid}`
          : "Its processes use its whole processor.",
        nodes: [node.name],
      });
    } else if (change === "ends") {
      this.tell({ kind: "warning-over", id: use.alarm.id });
    }
  }
}

function counterFor<K>(counters: Map<K, Counter>, key: K, frames: number): Counter {
  let counter = counters.get(key);
  if (!counter) {
    counter = { frames, alarm: new Alarm(STORM_BEGINS, STORM_ENDS, STORM_PATIENCE) };
    counters.set(key, counter);
  }
  return counter;
}

function busiestProcess(node: LabNode): Process | undefined {
  let busiest: Process | undefined;
  for (const process of node.machine.kernel.processes.list()) {
    if (process.ended) continue;
    if (!busiest || process.cpuUsedNs > busiest.cpuUsedNs) busiest = process;
  }
  return busiest;
}

function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}
