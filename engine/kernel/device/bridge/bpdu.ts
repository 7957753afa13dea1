/** Bridge protocol data units, IEEE 802.1D-1998 §9, behind an 802.2 header. Linux br_stp_bpdu.c. */
import type { Mac } from "../../../net/address.ts";
import { read16, read32, read48, write16, write32, write48 } from "../../../net/bytes.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { BridgeId } from "../../rtnetlink/messages.ts";

/** What a bridge tells of the tree as seen from one of its ports. */
export interface ConfigBpdu {
  readonly kind: "config";
  readonly topologyChange: boolean;
  readonly topologyChangeAck: boolean;
  readonly root: BridgeId;
  readonly rootPathCost: number;
  readonly bridge: BridgeId;
  readonly port: number;
  readonly messageAgeNs: Ns;
  readonly maxAgeNs: Ns;
  readonly helloNs: Ns;
  readonly forwardDelayNs: Ns;
}

/** Topology change notification. */
interface TcnBpdu {
  readonly kind: "tcn";
}

export type Bpdu = ConfigBpdu | TcnBpdu;

/** Where BPDUs are sent: the bridge group address. */
export const BRIDGE_GROUP = 0x0180c2000000 as Mac;

/** 802.2: the spanning tree's service access point, twice, and "unnumbered information". */
const LLC = [0x42, 0x42, 0x03];
const LLC_BYTES = LLC.length;
const CONFIG_BYTES = 35;
const TCN_BYTES = 4;
const TYPE_CONFIG = 0;
const TYPE_TCN = 0x80;
const FLAG_TOPOLOGY_CHANGE = 0x01;
const FLAG_TOPOLOGY_CHANGE_ACK = 0x80;

/** Times are in 1/256 s. */
const TICK_NS = SECOND / 256;

/** What stands in the frame's length field: the 802.2 header and the BPDU. */
export function bpduLength(bpdu: Bpdu): number {
  return LLC_BYTES + (bpdu.kind === "config" ? CONFIG_BYTES : TCN_BYTES);
}

/** The payload of the frame. */
export function encodeBpdu(bpdu: Bpdu): Uint8Array {
  const bytes = new Uint8Array(bpduLength(bpdu));
  bytes.set(LLC);
  if (bpdu.kind === "tcn") {
    bytes[6] = TYPE_TCN;
    return bytes;
  }
  bytes[6] = TYPE_CONFIG;
  bytes[7] =
    (bpdu.topologyChange ? FLAG_TOPOLOGY_CHANGE : 0) |
    (bpdu.topologyChangeAck ? FLAG_TOPOLOGY_CHANGE_ACK : 0);
  writeBridgeId(bytes, 8, bpdu.root);
  write32(bytes, 16, bpdu.rootPathCost);
  writeBridgeId(bytes, 20, bpdu.bridge);
  write16(bytes, 28, bpdu.port);
  const times = [bpdu.messageAgeNs, bpdu.maxAgeNs, bpdu.helloNs, bpdu.forwardDelayNs];
  times.forEach((time, index) => write16(bytes, 30 + 2 * index, Math.ceil(time / TICK_NS)));
  return bytes;
}

/** Undefined: not a BPDU of this protocol. */
export function decodeBpdu(bytes: Uint8Array): Bpdu | undefined {
  if (bytes.length < LLC_BYTES + TCN_BYTES) return undefined;
  if (!LLC.every((byte, at) => bytes[at] === byte)) return undefined;
  // Protocol and version are 0 for the spanning tree that Linux speaks.
  if (read16(bytes, 3) !== 0 || bytes[5] !== 0) return undefined;
  if (bytes[6] === TYPE_TCN) return { kind: "tcn" };
  if (bytes[6] !== TYPE_CONFIG || bytes.length < LLC_BYTES + CONFIG_BYTES) return undefined;
  const flags = bytes[7] ?? 0;
  const time = (at: number): Ns => read16(bytes, at) * TICK_NS;
  return {
    kind: "config",
    topologyChange: (flags & FLAG_TOPOLOGY_CHANGE) !== 0,
    topologyChangeAck: (flags & FLAG_TOPOLOGY_CHANGE_ACK) !== 0,
    root: readBridgeId(bytes, 8),
    rootPathCost: read32(bytes, 16),
    bridge: readBridgeId(bytes, 20),
    port: read16(bytes, 28),
    messageAgeNs: time(30),
    maxAgeNs: time(32),
    helloNs: time(34),
    forwardDelayNs: time(36),
  };
}

function writeBridgeId(bytes: Uint8Array, at: number, { priority, address }: BridgeId): void {
  write16(bytes, at, priority);
  write48(bytes, at + 2, address);
}

function readBridgeId(bytes: Uint8Array, at: number): BridgeId {
  return { priority: read16(bytes, at), address: read48(bytes, at + 2) as Mac };
}
