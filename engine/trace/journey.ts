/**
 * A packet's journey as plain data: what `podwire trace --json` prints, and what a window draws.
 * Addresses, ports and rules are text as the real tools print them; times are lab time.
 */
import type { Ns } from "../sim/clock.ts";

export interface Journey {
  /** 1, 2, … in the order in which the packets were first seen. */
  readonly id: number;
  /** The packet when it was first seen, as `tcpdump -n` prints it. */
  readonly packet: string;
  readonly startNs: Ns;
  /** In the order in which they happened; a flooded frame's branches are interleaved. */
  readonly steps: readonly Step[];
  readonly fate: Fate;
  /** Steps that came after the journey was full. */
  readonly stepsLeftOut: number;
}

/**
 * `delivered`: a socket or the kernel took it, if only one copy of it. `waiting`: for a neighbour's
 * address. `lost`: it left by a device and arrived nowhere that was watched.
 */
export type Fate = "delivered" | "dropped" | "waiting" | "lost";

export type Step = {
  readonly atNs: Ns;
  readonly place: Place;
  /** The step in words: a heading, and what happened. */
  readonly stage: string;
  readonly text: string;
} & StepDetail;

/** Where a step happened: a machine, and the network namespace unless it is the machine's own. */
export interface Place {
  readonly machine: string;
  /** The name of `ip netns` or of a container; `net:[4026532180]` for one without a name. */
  readonly namespace?: string;
}

export type StepDetail =
  | { readonly kind: "in" | "out"; readonly device: string }
  /** Where a bridge sends the frame; no ports: to its own interface. */
  | {
      readonly kind: "bridge";
      readonly bridge: string;
      readonly ports: readonly string[];
      readonly flooded: boolean;
    }
  | {
      readonly kind: "hook";
      readonly hook: string;
      readonly input?: string;
      readonly output?: string;
    }
  /** A rule that matched. `family` bridge: of ebtables. */
  | {
      readonly kind: "rule";
      readonly family: "ip" | "bridge";
      readonly table: string;
      readonly chain: string;
      readonly number: number;
      readonly rule: string;
    }
  /** The end of a built-in chain. */
  | {
      readonly kind: "policy";
      readonly family: "ip" | "bridge";
      readonly table: string;
      readonly chain: string;
      readonly policy: "ACCEPT" | "DROP";
    }
  | {
      readonly kind: "conntrack";
      readonly state: "NEW" | "ESTABLISHED" | "RELATED" | "UNTRACKED" | "INVALID";
      /** The connection's first direction, and the answers that are expected. */
      readonly original?: string;
      readonly reply?: string;
    }
  | {
      readonly kind: "rewrite";
      readonly by: "NAT" | "IPVS";
      readonly field: "source" | "destination";
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: "route";
      readonly to: "forward" | "local" | "broadcast" | "multicast" | "output";
      readonly device?: string;
      readonly gateway?: string;
      readonly table?: string;
    }
  /** `mac` is missing while it is asked for: the packet waits. */
  | {
      readonly kind: "neighbour";
      readonly address: string;
      readonly device: string;
      readonly state: string;
      readonly mac?: string;
    }
  /** Without a socket: the kernel itself takes it. */
  | { readonly kind: "deliver"; readonly socket?: string; readonly process?: string }
  | {
      readonly kind: "drop";
      readonly reason: string;
      readonly device?: string;
      /** The reason in words. */
      readonly explanation: string;
    };
