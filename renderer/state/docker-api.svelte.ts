import type { DockerApi } from "../host/host.ts";
import type { Clipboard } from "./clipboard.ts";
import { keyed, withEntry, withoutEntry } from "./maps.ts";
import type { Toasts } from "./toasts.svelte.ts";

interface Served {
  readonly machine: string;
  /** For DOCKER_HOST. */
  readonly address: string;
}

const NONE = keyed<Served>([], ({ machine }) => machine);

/** The machines whose Docker engines the user's own `docker` command can reach. */
export class ServedEngines {
  list = $state.raw(NONE);

  constructor(
    private readonly api: DockerApi | undefined,
    private readonly toasts: Toasts,
    private readonly clipboard: Clipboard,
  ) {}

  /** The host can open sockets. */
  get possible(): boolean {
    return this.api !== undefined;
  }

  async toggle(machine: string): Promise<void> {
    if (this.api === undefined) return;
    if (this.list.has(machine)) {
      await this.api.stop(machine);
      this.list = withoutEntry(this.list, machine);
      return;
    }
    try {
      const address = await this.api.serve(machine);
      this.list = withEntry(this.list, machine, { machine, address });
      this.#tell(machine, `export DOCKER_HOST=${address}`);
    } catch (error) {
      this.toasts.error(`The engine of ${machine} cannot be served`, (error as Error).message);
    }
  }

  /** The lab is gone, and its sockets with it. */
  forgetAll(): void {
    this.list = NONE;
  }

  #tell(machine: string, command: string): void {
    this.toasts.show({
      id: `docker-api: ${machine}`,
      tone: "good",
      title: `Your docker command can use ${machine}`,
      detail: command,
      sticky: true,
      buttons: [{ label: "Copy", run: () => void this.clipboard.write(command) }],
    });
  }
}
