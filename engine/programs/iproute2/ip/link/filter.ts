/** Which links `ip link show` and `ip addr show` print. */
import type { LinkMessage } from "../../../../kernel/rtnetlink/messages.ts";
import { type Args, Exit, garbage, invalidArgument, notModelled } from "../../support/args.ts";
import type { Context } from "../../support/context.ts";
import { parseGroup } from "../../support/names.ts";
import { findKind } from "./kinds/index.ts";
import { kindName } from "./show.ts";

export class LinkFilter {
  device: string | undefined;
  private up = false;
  private group: number | undefined;
  /** Null: only devices without a master. */
  private master: number | null | undefined;
  private kind: string | undefined;

  constructor(private readonly context: Context) {}

  /** True if the word was a filter (its value is then taken as well). */
  take(word: string, args: Args): boolean {
    switch (word) {
      case "up":
        this.up = true;
        return true;
      case "group": {
        const value = args.value();
        this.group = parseGroup(value);
        if (this.group === undefined) throw invalidArgument('Invalid "group" value\n', value);
        return true;
      }
      case "master": {
        const value = args.value();
        const master = this.context.kernel.link(value);
        if (!master) throw invalidArgument("Device does not exist\n", value);
        this.master = master.ifindex;
        return true;
      }
      case "nomaster":
        this.master = null;
        return true;
      case "vrf":
        throw invalidArgument("Not a valid VRF name\n", args.value());
      case "type":
        this.kind = args.value();
        return true;
      default:
        return false;
    }
  }

  setDevice(name: string): void {
    if (this.device !== undefined) throw garbage("dev", name);
    this.device = name;
  }

  /** The links that the kernel would answer with. */
  selected(): readonly LinkMessage[] {
    if (this.device !== undefined) {
      const link = this.context.kernel.link(this.device);
      if (!link) throw new Exit(1, `Device "${this.device}" does not exist.\n`);
      return [link];
    }
    return this.context.kernel
      .links()
      .filter((link) => this.hasMaster(link) && (!this.kindIsKnown() || this.hasKind(link)));
  }

  /** False: what the kernel answered is left out (in JSON, an empty object is left). */
  shows(link: LinkMessage): boolean {
    return (
      (!this.up || link.flags.up) &&
      (this.group === undefined || (link.group ?? 0) === this.group) &&
      this.hasMaster(link) &&
      this.hasKind(link)
    );
  }

  private hasMaster(link: LinkMessage): boolean {
    if (this.master === undefined) return true;
    return this.master === null ? link.master === undefined : link.master === this.master;
  }

  private kindIsKnown(): boolean {
    return this.kind !== undefined && findKind(this.kind) !== undefined;
  }

  private hasKind(link: LinkMessage): boolean {
    if (this.kind === undefined) return true;
    if (this.kind === "bridge_slave") return link.port !== undefined;
    if (this.kind === "vrf") throw notModelled("ip", "VRF");
    return kindName(link) === this.kind;
  }
}
