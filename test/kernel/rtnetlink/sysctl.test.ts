import { expect, test } from "vitest";
import { Wire } from "../ip/wire.ts";

function sysctl(): {
  read: (path: string) => string | undefined;
  write: (path: string, text: string) => void;
  host: ReturnType<Wire["host"]>;
} {
  const host = new Wire().host("a");
  host.card("eth0", "10.0.0.1/24");
  const tree = host.netns.sysctl;
  return { read: (path) => tree.read(path), write: (path, text) => tree.write(path, text), host };
}

test("ip_forward switches every device, and the other way round", () => {
  const { read, write } = sysctl();
  write("ipv4/ip_forward", "1\n");
  expect(read("ipv4/conf/all/forwarding")).toBe("1");
  expect(read("ipv4/conf/eth0/forwarding")).toBe("1");
  write("ipv4/conf/eth0/forwarding", "0");
  expect(read("ipv4/ip_forward")).toBe("1");
  write("ipv4/ip_forward", "7");
  expect(read("ipv4/ip_forward")).toBe("7");
});

test.each([
  ["ipv4/ip_forward", "yes"],
  ["ipv4/ip_default_ttl", "0"],
  ["ipv4/ip_default_ttl", "256"],
  ["ipv4/ip_default_ttl", ""],
  ["ipv4/tcp_rmem", "1 2 3 4"],
])("writing to %s the text %j is refused", (path, text) => {
  const { write } = sysctl();
  expect(() => write(path, text)).toThrow("EINVAL");
});

test("what is not there cannot be read nor written", () => {
  const { read, write } = sysctl();
  expect(read("ipv4/nosuchthing")).toBeUndefined();
  expect(() => write("ipv4/nosuchthing", "1")).toThrow("ENOENT");
  expect(read("ipv4/conf/eth7/forwarding")).toBeUndefined();
});

test("a new default is taken over where nobody chose, and by new devices", () => {
  const { read, write, host } = sysctl();
  write("ipv4/conf/eth0/rp_filter", "2");
  write("ipv4/conf/default/rp_filter", "1");
  host.card("eth1");
  expect(read("ipv4/conf/eth0/rp_filter")).toBe("2");
  expect(read("ipv4/conf/lo/rp_filter")).toBe("1");
  expect(read("ipv4/conf/eth1/rp_filter")).toBe("1");
});

test("numbers may be octal or hexadecimal, tuples may be written in part", () => {
  const { read, write } = sysctl();
  write("ipv4/ip_default_ttl", "0x40");
  expect(read("ipv4/ip_default_ttl")).toBe("64");
  write("ipv4/tcp_rmem", "8192 16384");
  expect(read("ipv4/tcp_rmem")).toBe("8192\t16384\t6291456");
});

test("disable_ipv6 of all reaches devices and the default", () => {
  const { read, write } = sysctl();
  write("ipv6/conf/all/disable_ipv6", "1");
  expect(read("ipv6/conf/eth0/disable_ipv6")).toBe("1");
  expect(read("ipv6/conf/default/disable_ipv6")).toBe("1");
});

test("directories list what is in them", () => {
  const { host } = sysctl();
  const names = (path: string): string[] =>
    (host.netns.sysctl.list(path) ?? []).map(({ name }) => name);
  expect(names("ipv4/conf")).toEqual(["all", "default", "eth0", "lo"]);
  expect(names("")).toContain("ipv4");
  expect(host.netns.sysctl.list("nowhere")).toBeUndefined();
});
