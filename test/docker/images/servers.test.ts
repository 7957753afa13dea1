import { expect, test } from "vitest";
import { agnhost } from "../../../engine/docker/images/agnhost.ts";
import { busybox } from "../../../engine/docker/images/busybox.ts";
import { curl } from "../../../engine/docker/images/curl.ts";
import { httpEcho } from "../../../engine/docker/images/http-echo.ts";
import { httpd } from "../../../engine/docker/images/httpd.ts";
import { REGISTRY } from "../../../engine/docker/images/index.ts";
import { imageOfLab } from "../../../engine/docker/images/lab-image.ts";
import { netshoot } from "../../../engine/docker/images/netshoot.ts";
import { pause } from "../../../engine/docker/images/pause.ts";
import { redis } from "../../../engine/docker/images/redis.ts";
import { whoami } from "../../../engine/docker/images/whoami.ts";
import type { RegistryImage } from "../../../engine/docker/images/registry-image.ts";
import { DockerHost, type Box } from "./containers.ts";

function withClient(image: RegistryImage, argv?: readonly string[]) {
  const host = new DockerHost();
  const server = host.run(image, argv ? { argv } : {});
  const client = host.run(busybox, { argv: ["sleep", "1000"], with: server });
  const get = (path: string): string => client.types(`wget -qO- http://127.0.0.1${path}`).out;
  return { host, server, client, get };
}

const isRunning = ({ main }: Box): boolean => main.status === undefined;

test("every image has files, a command or an entrypoint, and an id of its own", () => {
  expect(new Set(REGISTRY.map(({ id }) => id)).size).toBe(REGISTRY.length);
  for (const { files, config, layers, history } of REGISTRY) {
    expect(files.records.size).toBeGreaterThan(1);
    expect([...(config.Entrypoint ?? []), ...(config.Cmd ?? [])].length).toBeGreaterThan(0);
    expect(layers.length).toBe(history.filter(({ sizeBytes }) => sizeBytes > 0).length);
  }
});

test("http-echo, whoami and agnhost answer", () => {
  expect(withClient(httpEcho, ["-text=hello"]).get(":5678/")).toBe("hello\n");
  const who = withClient(whoami);
  expect(who.get("/")).toMatch(
    /^Hostname: box\nIP: 127\.0\.0\.1\nIP: ::1\nRemoteAddr: 127\.0\.0\.1:\d+\nGET \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1\r\nUser-Agent: Wget\r\nConnection: close\r\n/,
  );
  const exec = withClient(agnhost, ["netexec", "--http-port=8080"]);
  expect(exec.get(":8080/hostname")).toBe("box");
  expect(exec.get(":8080/echo?msg=a+b")).toBe("a b");
  expect(exec.server.exec(["/agnhost", "connect", "127.0.0.1:9"]).err).toBe("REFUSED\n");
  expect(exec.server.exec(["/agnhost", "connect", "127.0.0.1:8080"]).status).toMatchObject({
    code: 0,
  });
});

test("redis keeps strings", () => {
  const { server } = withClient(redis);
  expect(isRunning(server)).toBe(true);
  const cli = (line: string): string => server.types(`redis-cli ${line}`).out;
  expect(cli("PING")).toBe("PONG\n");
  expect([cli("SET a 1"), cli("GET a"), cli("INCR a"), cli("GET none")]).toEqual([
    "OK\n",
    "1\n",
    "2\n",
    "\n",
  ]);
  expect(cli("INFO keyspace")).toBe("# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n\n");
  expect(cli("FOO b")).toBe("ERR unknown command 'FOO', with args beginning with: 'b' \n\n");
  server.kill("SIGTERM");
  expect(server.main.out).toMatch(/# Redis is now ready to exit, bye bye\.\.\.\n$/);
});

test("httpd serves its page, and pause ends when it is told to", () => {
  const web = withClient(httpd);
  expect(web.get("/")).toBe("<html><body><h1>It works!</h1></body></html>\n");
  expect(web.server.main.out).toMatch(/"GET \/ HTTP\/1\.1" 200 45\n$/);
  const { server } = withClient(pause);
  expect(isRunning(server)).toBe(true);
  server.kill("SIGTERM");
  expect(server.main.err).toBe("Shutting down, got signal: Terminated\n");
});

test("an image of a lab is another one with files, a command, and a service described by data", () => {
  const image = imageOfLab({
    name: "shop:1",
    base: busybox,
    files: { "/hello": "hi\n" },
    service: {
      port: 8080,
      paths: {
        "/": { body: "welcome\n" },
        "/slow": { body: "late\n", delayMs: 500 },
        "/bad": { status: 503 },
      },
    },
  });
  expect([image.repository, image.tags]).toEqual(["shop", ["1"]]);
  const { client, server, get } = withClient(image);
  expect([get(":8080/"), get(":8080/slow")]).toEqual(["welcome\n", "late\n"]);
  expect(client.types("wget -qO- http://127.0.0.1:8080/bad").err).toBe(
    "wget: server returned error: HTTP/1.1 503 Service Unavailable\n",
  );
  expect(server.types("cat /hello").out).toBe("hi\n");
});

test("curl and netshoot bring their tools", () => {
  const host = new DockerHost();
  const web = host.run(httpd);
  expect(host.run(curl, { argv: ["-s", "http://127.0.0.1/"], with: web }).main.out).toContain(
    "It works!",
  );
  const shoot = host.run(netshoot, { argv: ["sleep", "1000"], with: web });
  expect(shoot.types("ss -Hltn; tcpdump --version 2>&1 | head -1; ip -br link").out).toMatch(
    /^LISTEN .*:80 [^]*lo +UNKNOWN/,
  );
});
