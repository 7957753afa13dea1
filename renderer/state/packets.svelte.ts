import type { FollowedPackets, Journey, NodeView, Problem } from "../../engine/session.ts";
import type { RemoteSession } from "../host/host.ts";
import { journeyPath, type JourneyPath } from "../packets/path.ts";
import { Coalesced } from "./coalesce.ts";
import { same } from "./same.ts";

/** Between two looks at what was seen, milliseconds. */
const LOOK_GAP_MS = 300;

const NOTHING: FollowedPackets = { following: false, packets: [], leftOut: 0 };
const NO_PATH: JourneyPath = { machines: new Set(), cables: new Set(), diedOn: undefined };

/** Packets that are followed through the lab, and the journey that is looked at. */
export class Packets {
  /** The panel is open. */
  shown = $state(false);
  filter = $state("");
  /** Why the filter was refused. */
  problem = $state<string | undefined>();
  followed = $state.raw(NOTHING);
  journey = $state.raw<Journey | undefined>();
  /** What the drawing shows of the journey. */
  readonly path: JourneyPath = $derived.by(() =>
    this.shown && this.journey ? journeyPath(this.journey, this.nodes()) : NO_PATH,
  );

  #chosen: number | undefined;
  readonly #look: Coalesced;

  constructor(
    private readonly session: RemoteSession,
    private readonly nodes: () => ReadonlyMap<string, NodeView>,
  ) {
    this.#look = new Coalesced(() => this.#fetch(), LOOK_GAP_MS);
  }

  /** Opens the panel and begins to follow; closing it ends that, since it costs time. */
  toggle(): Promise<void> {
    this.shown = !this.shown;
    return this.shown ? this.follow() : this.stop();
  }

  async follow(): Promise<void> {
    const outcome = await this.session.followPackets(this.filter);
    this.problem = outcome.ok ? undefined : sentence(outcome.problems);
    if (!outcome.ok) return;
    this.choose(undefined);
    this.#look.request(true);
  }

  async stop(): Promise<void> {
    await this.session.stopFollowing();
    this.#look.request(true);
  }

  /** Undefined: none. */
  choose(packet: number | undefined): void {
    this.#chosen = packet;
    if (packet === undefined) this.journey = undefined;
    else this.#look.request(true);
  }

  /** Lab time has passed. */
  noticeClock(): void {
    if (this.shown && this.followed.following) this.#look.request();
  }

  /** The lab is gone, and with it whom we followed. */
  forgetAll(): void {
    this.followed = NOTHING;
    this.shown = false;
    this.choose(undefined);
  }

  async #fetch(): Promise<void> {
    const chosen = this.#chosen;
    const [followed, journey] = await Promise.all([
      this.session.followed(),
      chosen === undefined ? undefined : this.session.journey(chosen),
    ]);
    if (!same(followed, this.followed)) this.followed = followed;
    if (chosen === this.#chosen && !same(journey, this.journey)) this.journey = journey;
  }
}

function sentence(problems: readonly Problem[]): string {
  return problems.map(({ message }) => message).join("; ");
}
