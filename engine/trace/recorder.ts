/** Writes down the journeys of packets. */
import type { PacketEvent, PacketTracer } from "../kernel/packet-tracer.ts";
import type { Sys } from "../kernel/process/sys.ts";
import { MAC_ZERO } from "../net/address.ts";
import { ETHERTYPE_IPV4, type Packet } from "../net/packet.ts";
import { frameText } from "../programs/tcpdump/print/frame.ts";
import { PrintContext } from "../programs/tcpdump/print/context.ts";
import type { Ns } from "../sim/clock.ts";
import { describe } from "./describe.ts";
import type { Fate, Journey, Place, Step, StepDetail } from "./journey.ts";
import { wordsOf } from "./words.ts";

/** A layer-2 loop goes on for ever; its journey does not. */
const MAX_STEPS = 1000;

/** What is kept of a packet that nobody asked for, so that it is not asked again. */
const UNWANTED = Symbol("unwanted");

interface OpenJourney extends Journey {
  readonly steps: Step[];
  fate: Fate;
  stepsLeftOut: number;
}

/** A namespace that is watched. */
export interface Watched {
  place(): Place;
  readonly sys: Sys;
}

export interface RecorderOptions {
  readonly nowNs: () => Ns;
  /** Asked once of every packet, when it is first seen. */
  readonly wants: (packet: Packet) => boolean;
  /** How many journeys are kept at most. */
  readonly limit: number;
}

export class JourneyRecorder {
  /** Packets that were wanted after there were enough. */
  leftOut = 0;
  private readonly open = new Set<unknown>();
  private readonly list: OpenJourney[] = [];
  private readonly print = new PrintContext(
    {
      numeric: true,
      verbosity: 0,
      quiet: false,
      absoluteSequences: false,
      skipChecksums: false,
    },
    { host: () => undefined, service: () => undefined },
  );

  constructor(private readonly options: RecorderOptions) {}

  get journeys(): readonly Journey[] {
    return this.list;
  }

  /** Watches a namespace. */
  tracer(watched: Watched): PacketTracer {
    return (packet, event) => {
      const journey = this.journeyOf(packet);
      if (journey) this.note(journey, packet, event, watched);
    };
  }

  private journeyOf(packet: Packet): OpenJourney | undefined {
    packet.journey ??= this.begin(packet);
    const { journey } = packet;
    // A packet may still carry what another recorder made.
    return this.open.has(journey) ? (journey as OpenJourney) : undefined;
  }

  private begin(packet: Packet): OpenJourney | typeof UNWANTED {
    if (!this.options.wants(asFrame(packet))) return UNWANTED;
    if (this.list.length >= this.options.limit) {
      this.leftOut += 1;
      return UNWANTED;
    }
    const journey: OpenJourney = {
      id: this.list.length + 1,
      packet: frameText(asFrame(packet), this.print),
      startNs: this.options.nowNs(),
      steps: [],
      fate: "lost",
      stepsLeftOut: 0,
    };
    this.open.add(journey);
    this.list.push(journey);
    return journey;
  }

  private note(
    journey: OpenJourney,
    packet: Packet,
    event: PacketEvent,
    { place, sys }: Watched,
  ): void {
    for (const detail of describe(packet, event, sys)) {
      if (journey.steps.length >= MAX_STEPS) {
        journey.stepsLeftOut += 1;
        continue;
      }
      const [stage, text] = wordsOf(detail);
      journey.steps.push({ atNs: this.options.nowNs(), place: place(), stage, text, ...detail });
      journey.fate = fateAfter(journey.fate, detail);
    }
  }
}

function fateAfter(fate: Fate, step: StepDetail): Fate {
  if (fate === "delivered" || step.kind === "deliver") return "delivered";
  if (step.kind === "drop") return "dropped";
  if (step.kind === "neighbour") return step.mac === undefined ? "waiting" : "lost";
  return step.kind === "out" ? "lost" : fate;
}

/** A packet that was just made has no Ethernet header yet. */
function asFrame(packet: Packet): Packet {
  if (packet.ether || !packet.ip) return packet;
  const frame = packet.clone();
  frame.ether = { dst: MAC_ZERO, src: MAC_ZERO, etherType: ETHERTYPE_IPV4 };
  return frame;
}
