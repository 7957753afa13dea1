import type { Interface } from "../support/interfaces.ts";

/** How a release of net-tools lays an interface out. */
export interface IfconfigLayout {
  readonly version: string;
  /** One interface, with the empty line after it. */
  describe(item: Interface): string;
  /** The heading of `-s` and of `netstat -i`, without the newline. */
  readonly shortHeading: string;
  readonly netstatHeading: string;
  /** One line of `-s`, with the newline. */
  describeShort(item: Interface): string;
}
