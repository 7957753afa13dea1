import type { CableInspection, NodeInspection } from "../../engine/session.ts";
import type { RemoteSession } from "../host/host.ts";
import { Coalesced } from "./coalesce.ts";
import { same } from "./same.ts";

/** Between two looks at the same item, milliseconds. */
const LOOK_GAP_MS = 250;

/** What the inspector shows, looked at again while it is on the screen. */
export class Inspection {
  node = $state.raw<NodeInspection | undefined>();
  cable = $state.raw<CableInspection | undefined>();

  #nodeName: string | undefined;
  #cableId: string | undefined;
  readonly #look: Coalesced;

  constructor(private readonly session: RemoteSession) {
    this.#look = new Coalesced(() => this.#fetch(), LOOK_GAP_MS);
  }

  /** Turns to these; undefined: to nothing. */
  watch(node: string | undefined, cable: string | undefined): void {
    if (node !== this.#nodeName) this.node = undefined;
    if (cable !== this.#cableId) this.cable = undefined;
    this.#nodeName = node;
    this.#cableId = cable;
    this.#look.request(true);
  }

  noticeLive(nodes: readonly string[], cables: readonly string[]): void {
    const concerned =
      (this.#nodeName !== undefined && nodes.includes(this.#nodeName)) ||
      (this.#cableId !== undefined && cables.includes(this.#cableId));
    if (concerned) this.#look.request();
  }

  /** Counters move without notices. */
  refresh(): void {
    if (this.#nodeName !== undefined || this.#cableId !== undefined) this.#look.request();
  }

  async clearStatistics(cable: string): Promise<void> {
    await this.session.clearCableStatistics(cable);
    this.#look.request(true);
  }

  async #fetch(): Promise<void> {
    const [nodeName, cableId] = [this.#nodeName, this.#cableId];
    const [node, cable] = await Promise.all([
      nodeName === undefined ? undefined : this.session.inspectNode(nodeName),
      cableId === undefined ? undefined : this.session.inspectCable(cableId),
    ]);
    if (nodeName === this.#nodeName && !same(node, this.node)) this.node = node;
    if (cableId === this.#cableId && !same(cable, this.cable)) this.cable = cable;
  }
}
