import type { Container } from "./container.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Of a container's processes: `NAME=VALUE` each. container.CreateDaemonEnvironment() */
export function processEnvironment(container: Container, isTerminal: boolean): string[] {
  const { config } = container;
  return [
    `PATH=${DEFAULT_PATH}`,
    `HOSTNAME=${config.Hostname}`,
    ...(isTerminal ? ["TERM=xterm"] : []),
    ...(config.Env ?? []),
  ];
}
