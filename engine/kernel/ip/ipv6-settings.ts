/**
 * What little there is of IPv6: its settings, and from them the link-local address that Linux
 * gives every Ethernet device that is up.
 */
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";

export class Ipv6Settings {
  /** What was written: setting by directory. */
  private readonly values = new Map<string, Map<string, number>>();

  constructor(private readonly netns: NetNamespace) {}

  setting(directory: string, name: string): number | undefined {
    return this.values.get(directory)?.get(name);
  }

  /** `disable_ipv6` of `all` is written to every device and to the default; the rest stays alone. */
  set(directory: string, name: string, value: number): void {
    this.put(directory, name, value);
    if (directory !== "all" || name !== "disable_ipv6") return;
    this.put("default", name, value);
    for (const device of this.netns.devices()) this.put(device.name, name, value);
  }

  private put(directory: string, name: string, value: number): void {
    const settings = this.values.get(directory) ?? new Map<string, number>();
    settings.set(name, value);
    this.values.set(directory, settings);
  }

  /** A new device takes the defaults over. */
  deviceAdded(device: NetDevice): void {
    const defaults = this.values.get("default");
    if (defaults) this.values.set(device.name, new Map(defaults));
  }

  deviceRemoved(device: NetDevice): void {
    this.values.delete(device.name);
  }

  deviceRenamed(from: string, to: string): void {
    const settings = this.values.get(from);
    this.values.delete(from);
    if (settings) this.values.set(to, settings);
  }

  isDisabled(device: NetDevice): boolean {
    return this.setting(device.name, "disable_ipv6") === 1;
  }
}
