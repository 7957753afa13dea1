/** The packets that the window's user follows. */
import type { FollowedPackets, Journey, Outcome } from "../../session.ts";
import { packetFilter } from "../../trace/filter.ts";
import { PacketFollower } from "../follow.ts";
import type { Lab } from "../lab.ts";

/** Enough to look through, and bounded. */
const MAX_PACKETS = 500;

export class Following {
  private follower: PacketFollower | undefined;
  private isOn = false;

  constructor(private readonly lab: Lab) {}

  /** Begins anew. An empty filter: all of IPv4. Refused: nothing has changed. */
  start(filter: string): Outcome<undefined> {
    const machine = [...this.lab.nodes].find((node) => node.isOn)?.machine;
    if (!machine) return { ok: false, problems: [{ message: "no machine is switched on" }] };
    const expression = filter.trim() === "" ? undefined : filter;
    const wants = packetFilter(expression, machine);
    if (!wants.ok) return wants;
    this.stop();
    this.follower = new PacketFollower(this.lab, wants.value, MAX_PACKETS);
    this.isOn = true;
    return { ok: true, value: undefined };
  }

  /** What was seen stays. */
  stop(): void {
    this.follower?.stop();
    this.isOn = false;
  }

  /** Machines may have been switched on. */
  look(): void {
    if (this.isOn) this.follower?.watch();
  }

  list(): FollowedPackets {
    const { journeys = [], leftOut = 0 } = this.follower?.recorder ?? {};
    return {
      following: this.isOn,
      packets: journeys.map(({ id, packet, startNs, fate, steps }) => ({
        id,
        packet,
        startNs,
        fate,
        machine: steps[0]?.place.machine ?? "",
      })),
      leftOut,
    };
  }

  journey(id: number): Journey | undefined {
    return this.follower?.recorder.journeys[id - 1];
  }
}
