/** /etc/services, services(5). */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";

export type ServiceProtocol = "tcp" | "udp";

interface Service {
  readonly names: readonly string[];
  readonly port: number;
  readonly protocol: string;
}

/** The port of a service or of one of its aliases. */
export function serviceByName(
  sys: Sys,
  name: string,
  protocol: ServiceProtocol,
): number | undefined {
  return readServices(sys).find(
    (service) => service.protocol === protocol && service.names.includes(name),
  )?.port;
}

/** The official name of a port. */
export function serviceByPort(
  sys: Sys,
  port: number,
  protocol: ServiceProtocol,
): string | undefined {
  return readServices(sys).find((service) => service.protocol === protocol && service.port === port)
    ?.names[0];
}

/** Official names by `port/protocol`, for programs that need many. */
export function serviceNames(sys: Sys): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { port, protocol, names: aliases } of readServices(sys)) {
    const key = `${port}/${protocol}`;
    if (!names.has(key)) names.set(key, aliases[0] as string);
  }
  return names;
}

function readServices(sys: Sys): readonly Service[] {
  let text: string;
  try {
    text = sys.readTextFile("/etc/services");
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
  return text.split("\n").flatMap((line) => {
    const [name, portText = "", ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    const match = /^(\d+)\/(\w+)$/.exec(portText);
    if (!name || !match) return [];
    return [{ names: [name, ...aliases], port: Number(match[1]), protocol: match[2] as string }];
  });
}
