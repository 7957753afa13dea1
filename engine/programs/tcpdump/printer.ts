/** One line of tcpdump's output, from the time stamp to the hexadecimal dump. */
import type { Ipv4 } from "../../net/address.ts";
import { serialiseFrame, serialiseNetwork } from "../../net/codec.ts";
import type { Packet } from "../../net/packet.ts";
import type { CapturedFrame, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { formatStamp, type Instant } from "./time-stamp.ts";
import { resolveAddress } from "../support/resolve.ts";
import { serviceByPort } from "../support/services.ts";
import type { TcpdumpOptions } from "./options.ts";
import { PrintContext } from "./print/context.ts";
import { cookedText, frameText, frameTextWithHeader } from "./print/frame.ts";
import { asciiDump, hexDump } from "./print/hexdump.ts";

export interface Printable {
  readonly packet: Packet;
  readonly at: Instant;
  /** Of a capture on all devices. */
  readonly cooked?: { readonly device: string; readonly direction: CapturedFrame["direction"] };
}

export class Printer {
  private readonly hostNames = new Map<Ipv4, string | undefined>();
  private readonly serviceNames = new Map<string, string | undefined>();
  private readonly context: PrintContext;
  private first: Instant | undefined;
  private previous: Instant | undefined;
  private count = 0;

  constructor(
    private readonly sys: Sys,
    private readonly options: TcpdumpOptions,
  ) {
    this.context = new PrintContext(options, {
      host: (address) => this.hostNames.get(address),
      service: (port, transport) => {
        const key = `${port}/${transport}`;
        if (!this.serviceNames.has(key)) {
          this.serviceNames.set(key, serviceByPort(sys, port, transport));
        }
        return this.serviceNames.get(key);
      },
    });
  }

  *print(frame: Printable): Blocking<void> {
    const { options } = this;
    this.count += 1;
    if (!options.numeric) yield* this.lookUpNames(frame.packet);
    const number = options.numbered ? `${String(this.count).padStart(5)}  ` : "";
    this.first ??= frame.at;
    const stamp = formatStamp(options.timeStyle, frame.at, {
      first: this.first,
      previous: this.previous ?? frame.at,
    });
    this.previous = frame.at;
    yield* this.sys.print(`${number}${stamp}${this.text(frame)}${this.dump(frame)}\n`);
  }

  private text(frame: Printable): string {
    const { packet, cooked } = frame;
    if (cooked) return cookedText(packet, cooked.direction, cooked.device, this.context);
    return this.options.linkHeader
      ? frameTextWithHeader(packet, this.context)
      : frameText(packet, this.context);
  }

  private dump(frame: Printable): string {
    const { hex, hexAscii, ascii } = this.options;
    if (hex === 0 && hexAscii === 0 && !ascii) return "";
    const withHeader = (hex > 1 || hexAscii > 1) && !frame.cooked;
    const bytes = withHeader ? serialiseFrame(frame.packet) : serialiseNetwork(frame.packet);
    if (hexAscii > 0) return hexDump(bytes, true);
    return hex > 0 ? hexDump(bytes, false) : asciiDump(bytes);
  }

  private *lookUpNames(packet: Packet): Blocking<void> {
    const { ip, arp } = packet;
    const addresses = [ip?.src, ip?.dst, arp?.senderIp, arp?.targetIp];
    for (const address of addresses) {
      if (address === undefined || this.hostNames.has(address)) continue;
      this.hostNames.set(address, yield* resolveAddress(this.sys, address));
    }
  }
}
