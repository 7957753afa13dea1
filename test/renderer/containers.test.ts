import { expect, test } from "vitest";
import { sharedNamespaces } from "../../renderer/containers/shared-namespaces.ts";
import { fakeContainer } from "../../renderer/dev/fake-docker.ts";
import { MACHINE_SIZE } from "../../renderer/kinds/kind.ts";
import { machineSize } from "../../renderer/kinds/machine-size.ts";

const nginx = fakeContainer("nginx", "nginx", { addresses: ["172.17.0.2"] });
const client = fakeContainer("client", "busybox", {
  addresses: [],
  namespace: { of: "container", name: "nginx" },
});
const box = fakeContainer("box", "busybox", { addresses: ["172.17.0.3", "172.18.0.2"] });

const frames = (...containers: (typeof nginx)[]) =>
  sharedNamespaces(containers).map((frame) => ({
    label: frame.label,
    names: frame.containers.map(({ name }) => name),
  }));

test("containers that share a namespace share a frame, its owner first", () => {
  expect(frames(client, box, nginx)).toEqual([
    { label: "172.17.0.2", names: ["nginx", "client"] },
    { label: "172.17.0.3 +1", names: ["box"] },
  ]);
});

test("a namespace joined by way of another container is the owner's", () => {
  const second = fakeContainer("second", "busybox", {
    addresses: [],
    namespace: { of: "container", name: "client" },
  });
  expect(frames(nginx, client, second)).toEqual([
    { label: "172.17.0.2", names: ["nginx", "client", "second"] },
  ]);
});

test("containers that lost their namespace's owner stay together", () => {
  const other = { ...client, name: "other", id: "o" };
  expect(frames(client, other)).toEqual([{ label: "no address", names: ["client", "other"] }]);
});

test("containers that name each other have a frame too", () => {
  const a = fakeContainer("a", "x", { namespace: { of: "container", name: "b" } });
  const b = fakeContainer("b", "x", { namespace: { of: "container", name: "a" } });
  expect(sharedNamespaces([a, b]).flatMap(({ containers }) => containers)).toHaveLength(2);
});

test("the machine's own network is said in words", () => {
  const host = fakeContainer("web", "nginx", { addresses: [], namespace: { of: "host" } });
  expect(frames(host)).toEqual([{ label: "host network", names: ["web"] }]);
});

test("a card grows by what runs on it, and not without end", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...box, name: `${i}` }));
  const height = (count: number) => machineSize({ containers: many(count) }).height;
  expect(machineSize({ containers: [] })).toEqual(MACHINE_SIZE);
  expect(height(2)).toBeGreaterThan(height(1));
  expect(height(9)).toBeGreaterThan(height(8));
  expect(height(200)).toBe(height(9));
});
