/** What both ends agree on with their SYNs. */
import type { TcpHeader, TcpOptions } from "../../../net/packet.ts";
import type { TransportSysctls } from "../sysctls.ts";
import { DEFAULT_MSS } from "./receive-window.ts";

export interface Negotiated {
  /** The largest segment the peer takes. */
  readonly peerMss: number;
  /** The peer's window scale; undefined: windows are not scaled, neither way. */
  readonly peerScale: number | undefined;
  readonly timestamps: boolean;
  readonly sack: boolean;
}

/** Bytes of the timestamps option with its padding. */
export const TIMESTAMP_OPTION_BYTES = 12;

/** RFC 7323 §2.3: larger scales are taken for this one. */
const MAX_WINDOW_SCALE = 14;

/** Linux does not believe smaller ones, TCP_MIN_MSS. */
const MIN_MSS = 88;

export function negotiate(header: TcpHeader, sysctls: TransportSysctls): Negotiated {
  const { options } = header;
  const scale = sysctls.tcpWindowScaling ? options.windowScale : undefined;
  return {
    peerMss: options.mss === undefined ? DEFAULT_MSS : Math.max(options.mss, MIN_MSS),
    peerScale: scale === undefined ? undefined : Math.min(scale, MAX_WINDOW_SCALE),
    timestamps: sysctls.tcpTimestamps && options.timestamp !== undefined,
    sack: sysctls.tcpSack && options.sackPermitted === true,
  };
}

/** Options of a SYN that opens a connection. */
export function synOptions(
  sysctls: TransportSysctls,
  mss: number,
  windowScale: number,
  timestamp: number,
): TcpOptions {
  return {
    mss,
    ...(sysctls.tcpWindowScaling ? { windowScale } : {}),
    ...(sysctls.tcpSack ? { sackPermitted: true } : {}),
    ...(sysctls.tcpTimestamps ? { timestamp: { value: timestamp, echo: 0 } } : {}),
  };
}

/** Options of a SYN that answers one: only what the peer offered. */
export function synAckOptions(
  negotiated: Negotiated,
  mss: number,
  windowScale: number,
  timestamp: { readonly value: number; readonly echo: number },
): TcpOptions {
  return {
    mss,
    ...(negotiated.peerScale === undefined ? {} : { windowScale }),
    ...(negotiated.sack ? { sackPermitted: true } : {}),
    ...(negotiated.timestamps ? { timestamp } : {}),
  };
}
