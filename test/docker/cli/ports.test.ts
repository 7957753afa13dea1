import { describe, expect, test } from "vitest";
import { displayPorts } from "../../../engine/docker/cli/format/containers.ts";
import { parseExposed, parsePublished } from "../../../engine/docker/cli/run/ports.ts";

describe("--publish", () => {
  test.each([
    ["80", "80/tcp", "", ""],
    ["8080:80", "80/tcp", "", "8080"],
    ["127.0.0.1:8080:80", "80/tcp", "127.0.0.1", "8080"],
    ["127.0.0.1::80", "80/tcp", "127.0.0.1", ""],
    ["[::1]:8080:80", "80/tcp", "::1", "8080"],
    ["53:53/udp", "53/udp", "", "53"],
    ["8000-8010:80", "80/tcp", "", "8000-8010"],
    ["published=8080,target=80", "80/tcp", "", "8080"],
  ])("%s publishes %s", (spec, key, ip, port) => {
    const { exposed, bindings } = parsePublished([spec], "28");
    expect(Object.keys(exposed)).toEqual([key]);
    expect(bindings[key]).toEqual([{ HostIp: ip, HostPort: port }]);
  });

  test("a range publishes each of its ports", () => {
    const { bindings } = parsePublished(["8000-8002:80-82"], "28");
    expect(Object.entries(bindings).map(([key, [to]]) => `${key} ${to?.HostPort}`)).toEqual([
      "80/tcp 8000",
      "81/tcp 8001",
      "82/tcp 8002",
    ]);
  });

  test.each([
    ["80:abc", "invalid containerPort: abc", "Invalid containerPort: abc"],
    ["70000:80", "invalid hostPort: 70000", "Invalid hostPort: 70000"],
    ["80:80/icmp", "invalid proto: icmp", "Invalid proto: icmp"],
    [":", "no port specified: :<empty>", "No port specified: :<empty>"],
    ["nowhere:80:80", "invalid IP address: nowhere", "Invalid ip address: nowhere"],
    ["3-1:3-1", "invalid containerPort: 3-1", "Invalid containerPort: 3-1"],
  ])("%s is refused", (spec, recent, old) => {
    expect(() => parsePublished([spec], "28")).toThrow(recent);
    expect(() => parsePublished([spec], "20.10")).toThrow(old);
  });
});

test("--expose takes ranges and refuses what is not a port", () => {
  expect(parseExposed(["80", "90-91/udp"], "28")).toEqual(["80/tcp", "90/udp", "91/udp"]);
  expect(() => parseExposed(["x"], "28")).toThrow(
    'invalid range format for --expose: x, error: strconv.ParseUint: parsing "x": invalid syntax',
  );
  expect(() => parseExposed(["80-70"], "28")).toThrow("invalid range specified for port: 80-70");
});

describe("ports in docker ps", () => {
  test("an IPv6 address has brackets since 28", () => {
    const ports = [
      { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      { IP: "::", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
    ] as const;
    expect(displayPorts(ports, "28")).toBe("0.0.0.0:8080->80/tcp, [::]:8080->80/tcp");
    expect(displayPorts(ports, "20.10")).toBe("0.0.0.0:8080->80/tcp, :::8080->80/tcp");
  });

  test("ports in a row are a range, exposed or published alike", () => {
    const exposed = [81, 80, 82, 90].map((PrivatePort) => ({ PrivatePort, Type: "tcp" }) as const);
    expect(displayPorts(exposed, "28")).toBe("80-82/tcp, 90/tcp");
    const published = [80, 81].map(
      (port) => ({ IP: "0.0.0.0", PrivatePort: port, PublicPort: port, Type: "tcp" }) as const,
    );
    expect(displayPorts(published, "28")).toBe("0.0.0.0:80-81->80-81/tcp");
  });
});
