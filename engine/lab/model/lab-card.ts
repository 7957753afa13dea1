import type { Nic } from "../../kernel/device/nic.ts";
import type { LabNode } from "./lab-node.ts";

/** A network card of a node: what a cable is plugged into, whether the node is on or off. */
export class LabCard {
  /** While the node is on. */
  nic: Nic | undefined;

  constructor(
    readonly node: LabNode,
    /** Its name and namespace while the node is off, or as it was when switched on. */
    public storedName: string,
    public storedNamespace: string | undefined,
  ) {}

  get name(): string {
    return this.nic?.name ?? this.storedName;
  }

  /** Undefined: the machine's own namespace. */
  get namespace(): string | undefined {
    return this.nic ? this.node.namespaceName(this.nic.netns) : this.storedNamespace;
  }

  /** `eth0`, or `red/eth0` for one in a namespace: how the node's user interface calls it. */
  get label(): string {
    const { namespace } = this;
    return namespace === undefined ? this.name : `${namespace}/${this.name}`;
  }
}
