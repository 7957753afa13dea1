/** What the window's buttons do to containers: the commands that a user would type. */
import type { ContainerView, NodeView } from "../../engine/session.ts";
import type { App } from "../state/app.svelte.ts";

export type ContainerCommand = "start" | "stop" | "restart" | "pause" | "unpause";

export function runOnContainer(
  app: App,
  machine: NodeView,
  command: ContainerCommand,
  container: ContainerView,
): Promise<void> {
  return app.commands.run(machine.name, `docker ${command} ${container.name}`);
}

/** Asks first: what a container wrote is gone with it. */
export async function removeContainer(
  app: App,
  machine: NodeView,
  container: ContainerView,
): Promise<void> {
  const choice = await app.dialogs.ask(
    `Remove ${container.name}?`,
    `The container and what it wrote are deleted from ${machine.name}. This cannot be undone.`,
    [
      { id: "cancel", label: "Cancel", look: "plain" },
      { id: "remove", label: "Remove", look: "danger" },
    ],
  );
  if (choice !== "remove") return;
  await app.commands.run(machine.name, `docker rm -f ${container.name}`);
}

export function openContainerShell(
  app: App,
  machine: NodeView,
  container: ContainerView,
): Promise<void> {
  const command = `docker exec -it ${container.name} sh`;
  return app.terminals.openOrFocus(machine.name, { title: container.name, command });
}

export function openContainerLogs(
  app: App,
  machine: NodeView,
  container: ContainerView,
): Promise<void> {
  const command = `docker logs -f ${container.name}`;
  return app.terminals.openOrFocus(machine.name, { title: `${container.name} log`, command });
}

/** `docker run`, detached; images without a command of their own that lasts are kept busy. */
export function runImage(app: App, machine: NodeView, reference: string): Promise<void> {
  return app.commands.run(machine.name, `docker run -dit ${reference}`);
}
