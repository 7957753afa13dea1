/** Containers without an engine: what the window's own buttons ask of `docker` is done to the view. */
import type {
  ContainerInspection,
  ContainerState,
  ContainerView,
  ImageInfo,
  LabView,
} from "../../engine/session.ts";

export const IMAGES: readonly ImageInfo[] = [
  { reference: "busybox", summary: "A shell and small tools" },
  { reference: "nginx", summary: "A web server" },
  { reference: "nicolaka/netshoot", summary: "Every network tool" },
];

/** What becomes of a machine's containers; anything but these commands changes nothing. */
export function runDocker(view: LabView, node: string, commandLine: string): LabView {
  const words = commandLine.split(" ");
  const name = words.at(-1) ?? "";
  const change = (containers: readonly ContainerView[]): readonly ContainerView[] => {
    switch (words[1]) {
      case "start":
      case "restart":
      case "unpause":
        return turned(containers, name, "running");
      case "stop":
        return turned(containers, name, "exited");
      case "pause":
        return turned(containers, name, "paused");
      case "rm":
        return containers.filter((container) => container.name !== name);
      case "run":
        return [...containers, fakeContainer(`${name}-${containers.length + 1}`, name)];
      default:
        return containers;
    }
  };
  const nodes = view.nodes.map((machine) =>
    machine.name === node ? { ...machine, containers: change(machine.containers) } : machine,
  );
  return { ...view, nodes };
}

export function fakeContainer(
  name: string,
  image: string,
  part: Partial<ContainerView> = {},
): ContainerView {
  return {
    id: name.padEnd(64, "0"),
    name,
    image,
    state: "running",
    addresses: ["172.17.0.9"],
    namespace: { of: "own" },
    ports: [],
    ...part,
  };
}

export function inspectContainer(container: ContainerView): ContainerInspection {
  const running = container.state === "running";
  return {
    id: container.id,
    status: running ? "Up 3 minutes" : "Exited (0) 4 seconds ago",
    command: container.image === "nginx" ? "nginx -g daemon off;" : "sleep 1500",
    pid: running ? 812 : 0,
    networks: container.addresses.map((address) => ({
      name: "bridge",
      address: `${address}/16`,
      gateway: "172.17.0.1",
      mac: "02:42:ac:11:00:02",
      hostInterface: "veth3f1c2d9",
    })),
    mounts: [],
    log: ['172.17.0.1 - - [24/Nov/2026:16:40:00 +0000] "GET / HTTP/1.1" 200 615'],
  };
}

function turned(
  containers: readonly ContainerView[],
  name: string,
  state: ContainerState,
): readonly ContainerView[] {
  return containers.map((container) =>
    container.name === name ? { ...container, state } : container,
  );
}
