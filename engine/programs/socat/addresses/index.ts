import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Continuation, Opening } from "../channel.ts";
import { SocatError } from "../log.ts";
import type { AddressSpec } from "../spec.ts";
import { openCommand } from "./command.ts";
import { openFile } from "./file.ts";
import { openPipe } from "./pipe.ts";
import { openStdio } from "./stdio.ts";
import { openTcp } from "./tcp.ts";
import { openTcpListen } from "./tcp-listen.ts";
import { openUdp } from "./udp.ts";
import { openUdpDatagram, openUdpReceive, openUdpReceiveFrom } from "./udp-datagram.ts";
import { openUdpListen } from "./udp-listen.ts";

type Open = (opening: Opening, spec: AddressSpec, then: Continuation) => Blocking<number>;

const ADDRESSES: Readonly<Record<string, Open>> = {
  STDIO: openStdio,
  STDIN: openStdio,
  STDOUT: openStdio,
  TCP: openTcp,
  "TCP-LISTEN": openTcpListen,
  UDP: openUdp,
  "UDP-LISTEN": openUdpListen,
  "UDP-SENDTO": openUdpDatagram,
  "UDP-DATAGRAM": openUdpDatagram,
  "UDP-RECVFROM": openUdpReceiveFrom,
  "UDP-RECV": openUdpReceive,
  EXEC: openCommand,
  SYSTEM: openCommand,
  OPEN: openFile,
  CREATE: openFile,
  GOPEN: openFile,
  PIPE: openPipe,
  FIFO: openPipe,
};

/** Real address types without a model. */
const UNMODELLED =
  /^(TCP6|UDP6|UNIX|ABSTRACT|OPENSSL|SSL|SOCKS|PROXY|IP|IP4|IP6|SCTP|DCCP|UDPLITE|VSOCK|TUN|INTERFACE|PTY|FD|READLINE|SOCKET|CLIENT|UDP6?-MULTICAST|TTY)(-|4|6|$)/;

export function openAddress(
  opening: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  const open = ADDRESSES[spec.keyword];
  if (open) return open(opening, spec, then);
  if (UNMODELLED.test(spec.keyword) || spec.typed.includes("!!")) {
    throw new SocatError(`Podwire does not model the address "${spec.typed}"`);
  }
  throw new SocatError(`unknown device/address "${spec.typed}"`);
}
