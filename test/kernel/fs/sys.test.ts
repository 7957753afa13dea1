import { expect, test } from "vitest";
import type { Sys } from "../../../engine/kernel/process/sys.ts";
import { parseMac, type Mac } from "../../../engine/net/address.ts";
import { smallMachine } from "../../support/small-machine.ts";

/** Runs on a machine with lo, and a bridge br0 with one end of a veth pair as its port. */
function onBridge(main: (sys: Sys) => readonly unknown[]): string[] {
  const done = smallMachine([], [], { network: true }).run(function* (sys) {
    const { rtnetlink } = sys;
    const address = parseMac("02:00:00:00:00:b0") as Mac;
    rtnetlink.newLink({ name: "br0", kind: "bridge", address });
    rtnetlink.newLink({ name: "v0", kind: "veth", peer: { name: "v1" } });
    rtnetlink.setLink("v0", { master: "br0" });
    yield* sys.print(main(sys).join("\n"));
    return 0;
  });
  expect(done.err).toBe("");
  return done.out.split("\n");
}

const errnoOf = (call: () => unknown): string => {
  try {
    call();
    return "ok";
  } catch (error) {
    return (error as { errno: string }).errno;
  }
};

test("a device's files say what the device is", () => {
  const found = onBridge((sys) => {
    const read = (path: string) => sys.readTextFile(`/sys/class/net/${path}`).trimEnd();
    return [
      sys.readdir("/sys/class/net").join(),
      sys.readlink("/sys/class/net/v0"),
      sys.readlink("/sys/class/net/v0/master"),
      read("br0/address"),
      read("v0/mtu"),
      read("lo/type"),
      read("v0/operstate"),
      read("v0/flags"),
      read("lo/flags"),
      read("br0/bridge/bridge_id"),
      read("br0/bridge/ageing_time"),
      read("v0/brport/state"),
      sys.readdir("/sys/class/net/br0/brif").join(),
      sys.readlink("/sys/class/net/br0/brif/v0"),
      read("v0/statistics/rx_bytes"),
      String(sys.access("/sys/class/net/v1/brport", {})),
      errnoOf(() => read("br0/carrier")),
    ];
  });
  expect(found).toEqual([
    "lo,br0,v1,v0",
    "../../devices/virtual/net/v0",
    "../br0",
    "02:00:00:00:00:b0",
    "1500",
    "772",
    "down",
    "0x1302",
    "0x9",
    "8000.0200000000b0",
    "30000",
    "0",
    "v0",
    "../../v0/brport",
    "0",
    "false",
    "EINVAL",
  ]);
});

test("writing a device's file changes the device", () => {
  const found = onBridge((sys) => {
    const at = (path: string) => `/sys/class/net/${path}`;
    sys.writeFile(at("v0/mtu"), "1400\n");
    sys.writeFile(at("v0/ifalias"), "uplink\n");
    sys.writeFile(at("br0/bridge/ageing_time"), "1000\n");
    sys.writeFile(at("v0/brport/hairpin_mode"), "1\n");
    sys.writeFile(at("v1/flags"), "0x1003\n");
    const { rtnetlink } = sys;
    const bridge = rtnetlink.link("br0")?.data;
    return [
      rtnetlink.link("v0")?.mtu,
      rtnetlink.link("v0")?.alias,
      bridge?.kind === "bridge" ? bridge.bridge.ageingNs / 1e9 : undefined,
      rtnetlink.link("v0")?.port?.hairpin,
      rtnetlink.link("v1")?.flags.up,
      errnoOf(() => sys.writeFile(at("v0/mtu"), "many\n")),
      errnoOf(() => sys.writeFile(at("v0/address"), "02:00:00:00:00:01\n")),
      errnoOf(() => sys.writeFile(at("v0/new"), "")),
      errnoOf(() => sys.mkdir(at("v0/new"))),
    ];
  });
  expect(found).toEqual([
    "1400",
    "uplink",
    "10",
    "true",
    "true",
    "EINVAL",
    "EACCES",
    "EACCES",
    "EPERM",
  ]);
});

test("/sys shows the network namespace it was mounted in, /proc/net that of the reader", () => {
  const found = onBridge((sys) => {
    sys.unshare(["net"]);
    const before = sys.readdir("/sys/class/net").length;
    sys.unshare(["mnt"]);
    sys.mount("sysfs", "/sys");
    return [
      before,
      sys.readdir("/sys/class/net").join(),
      sys.readTextFile("/proc/net/dev").split("\n").length - 3,
      sys.readTextFile("/proc/sys/net/ipv4/ip_forward").trim(),
    ];
  });
  expect(found).toEqual(["4", "lo", "1", "0"]);
});

test("a network namespace dies with its last holder, and its devices with it", () => {
  const box = smallMachine([], [], { network: true });
  const done = box.run(function* (sys) {
    const child = sys.spawn({
      run: {
        name: "holder",
        *main(own) {
          own.unshare(["net"]);
          own.rtnetlink.newLink({
            name: "here",
            kind: "veth",
            peer: { name: "there", netns: 1 },
          });
          yield* own.print(`${sys.rtnetlink.links().map((link) => link.name)} `);
          return 0;
        },
      },
    });
    yield* sys.waitpid(child);
    yield* sys.print(String(sys.rtnetlink.links().map((link) => link.name)));
    return 0;
  });
  expect(done.err).toBe("");
  expect(done.out).toBe("lo,there lo");
});
