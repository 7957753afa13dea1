import { expect, test } from "vitest";
import { busybox } from "../../../engine/docker/images/busybox.ts";
import { nginx } from "../../../engine/docker/images/nginx.ts";
import { DockerHost } from "./containers.ts";

const plain = (text: string): string =>
  text.replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, "<date>").replace(/ \d+#\d+:/g, " N#N:");

test("nginx's log tells of its configuration, its start, its requests and its end", () => {
  const host = new DockerHost();
  const web = host.run(nginx);
  expect(web.main.out)
    .toBe(`/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
`);
  expect(plain(web.main.err)).toContain('<date> [notice] N#N: using the "epoll" event method\n');
  expect(web.types("curl -s http://127.0.0.1/ | head -4").out).toContain("Welcome to nginx!");
  web.types("curl -s -o /dev/null http://127.0.0.1/missing");
  expect(web.main.out).toMatch(/"GET \/ HTTP\/1.1" 200 615 "-" "curl\/[\d.]+" "-"\n/);
  expect(plain(web.main.err)).toContain(
    '[error] N#N: *2 open() "/usr/share/nginx/html/missing" failed (2: No such file or directory), client: 127.0.0.1, server: localhost, request: "GET /missing HTTP/1.1", host: "127.0.0.1"\n',
  );
  web.kill("SIGQUIT");
  expect(web.main.status).toMatchObject({ kind: "exited", code: 0 });
  expect(web.main.err).toMatch(/worker process \d+ exited with code 0\n.* \[notice\] 1#1: exit\n$/);
});

test("a second nginx in the same namespace gives up in the real words", () => {
  const host = new DockerHost();
  const first = host.run(nginx);
  const second = host.run(nginx, { with: first });
  host.seconds(4);
  expect(second.main.status).toMatchObject({ kind: "exited", code: 1 });
  const lines = plain(second.main.err).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "<date> [emerg] N#N: bind() to 0.0.0.0:80 failed (98: Address already in use)",
    "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
    "<date> [emerg] N#N: bind() to [::]:80 failed (98: Address already in use)",
    "nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)",
    "<date> [notice] N#N: try again to bind() after 500ms",
  ]);
  expect(lines.slice(-3)).toEqual([
    "<date> [emerg] N#N: still could not bind()",
    "nginx: [emerg] still could not bind()",
    "",
  ]);
});

test("the titles of its processes, and its sockets, are seen from the host", () => {
  const host = new DockerHost();
  const web = host.run(nginx);
  const client = host.run(busybox, { argv: ["sleep", "1000"], with: web });
  expect(host.types("ps -eo args | grep nginx:")).toMatch(
    /^nginx: master process nginx -g daemon off;\n(nginx: worker process\n)+/,
  );
  expect(host.types(`nsenter -t ${web.pid} -n ss -ltn`)).toMatch(
    /LISTEN 0 +511 +0\.0\.0\.0:80 .*\nLISTEN 0 +511 +\[::\]:80 +\[::\]:\*/,
  );
  expect(client.types("cat /proc/1/comm").out).toBe("sleep\n");
  expect(web.types("cat /etc/os-release | head -2").out).toContain("trixie");
});
