import { expect, test } from "vitest";
import { dockerMachine } from "../support.ts";

const STATUS = "docker ps -a --format '{{.Names}}: {{.Status}}'";

test("the chapter: two containers with one network namespace", () => {
  const { types, pass, run } = dockerMachine();
  types("docker run --name nginx -d nginx");
  pass(1);
  types(
    `docker run --name client --net=container:nginx -d busybox bin/sh -c "wget -qO- http://localhost:80; sleep 1500"`,
  );
  pass(1);
  expect(types("docker logs client")).toContain("<h1>Welcome to nginx!</h1>");
  expect(types("docker inspect nginx | grep NetworkMode")).toContain('"NetworkMode": "bridge"');
  expect(types("docker inspect client | grep NetworkMode")).toMatch(/"container:[0-9a-f]{64}"/);
  const links = types("docker exec client readlink /proc/1/ns/net");
  expect(types("docker exec nginx readlink /proc/1/ns/net")).toBe(links);
  expect(run("curl -s -m 2 http://127.0.0.1/").exit).not.toBe(0);
  types('docker run --name client1 -d busybox bin/sh -c "wget -qO- http://172.17.0.2:80"');
  pass(1);
  expect(types("docker logs client1")).toContain("Welcome to nginx!");
  types("docker run --name second --net=container:nginx -d nginx");
  pass(5);
  expect(run("docker logs second").stderr).toContain(
    "bind() to 0.0.0.0:80 failed (98: Address already in use)",
  );
});

test("a restart policy counts its attempts, waits longer each time, and gives up", () => {
  const { types, pass } = dockerMachine();
  types("docker run -d --name failing --restart=on-failure:3 busybox sh -c 'sleep 1; exit 5'");
  pass(10);
  expect(types(STATUS)).toMatch(/^failing: Exited \(5\) \d+ seconds ago\n$/);
  expect(types("docker inspect -f '{{.RestartCount}}' failing")).toBe("3\n");
});

test("what was stopped by hand does not start again, until the daemon does", () => {
  const { types, pass } = dockerMachine();
  types(
    "docker run -d --name always --restart=always busybox sleep 1000; docker run -d --name unless --restart=unless-stopped busybox sleep 1000",
  );
  types("docker stop -t 0 always unless");
  pass(5);
  expect(types(STATUS)).toBe(
    "unless: Exited (137) 5 seconds ago\nalways: Exited (137) 5 seconds ago\n",
  );
  types("systemctl restart docker");
  pass(1);
  expect(types("docker ps --format '{{.Names}}'")).toBe("always\n");
});

test("without a restart policy a container ends with the daemon", () => {
  const { types, pass } = dockerMachine();
  types("docker run -d --name plain busybox sleep 1000; systemctl restart docker");
  pass(1);
  expect(types(STATUS)).toMatch(/^plain: Exited \(137\)/);
  types("docker start plain");
  expect(types("docker exec plain ip -4 addr show eth0")).toContain("172.17.0.2/16");
});

test("a health check turns a container unhealthy and healthy", () => {
  const { types, pass } = dockerMachine();
  types(
    "docker run -d --name checked --health-cmd 'test -f /ok' --health-interval 1s --health-retries 2 busybox sleep 1000",
  );
  expect(types(STATUS)).toContain("(health: starting)");
  pass(3);
  expect(types(STATUS)).toContain("(unhealthy)");
  types("docker exec checked touch /ok");
  pass(2);
  expect(types(STATUS)).toContain("(healthy)");
});

test.each([
  ["docker run --rm busybox nosuch", 127],
  ["docker run --rm busybox /etc", 126],
  ["docker run --rm busybox sh -c 'exit 7'", 7],
  ["docker run --rm busybox sh -c 'sleep 100 & kill -9 $!; wait $!'", 137],
  ["docker run --rm nosuch/image", 125],
])("%s exits with %i", (commandLine, status) => {
  const { run } = dockerMachine();
  expect(run(commandLine).exit).toBe(status);
});

test("stop waits for the signal's handler, then kills", () => {
  const { types, pass } = dockerMachine();
  types(
    `docker run -d --name trap busybox sh -c 'trap "echo bye; exit 0" TERM; while :; do sleep 1; done'
     docker run -d --name deaf busybox sleep 1000`,
  );
  pass(1);
  types("docker stop trap; docker stop -t 2 deaf");
  expect(types("docker inspect -f '{{.State.ExitCode}}' trap deaf")).toBe("0\n137\n");
  expect(types("docker logs trap")).toBe("bye\n");
});

test("a removed container leaves nothing behind", () => {
  const { types, run } = dockerMachine();
  types("docker run -d --name gone -p 8080:80 -v /data nginx; docker rm -f -v gone");
  expect(types("docker ps -aq; docker volume ls -q; ls /var/lib/docker/containers")).toBe("");
  expect(types("ls /run/docker/netns; ip -br link show type veth; ss -ltn | tail -n +2")).toBe("");
  expect(types("ps -e -o args | grep -c '[c]ontainerd-shim\\|[d]ocker-proxy' || true")).toBe("0\n");
  expect(run("iptables-save | grep 172.17.0.2").exit).toBe(1);
});

test("volumes keep what containers write, and take over what the image has there", () => {
  const { types } = dockerMachine();
  types("docker run --rm -v web:/usr/share/nginx/html nginx true");
  expect(types("ls /var/lib/docker/volumes/web/_data")).toContain("index.html");
  types("docker run --rm -v web:/w busybox sh -c 'echo mine > /w/index.html'");
  types("docker run -d --name web -v web:/usr/share/nginx/html:ro nginx");
  expect(types("sleep 1; curl -s 172.17.0.2")).toBe("mine\n");
});

test("events tell a container's life", () => {
  const { types } = dockerMachine();
  types("docker run --rm --name brief busybox true");
  const told = types(
    "docker events --since 0 --until 0s --filter type=container --format '{{.Action}}'",
  );
  expect(told).toBe("create\nstart\ndie\ndestroy\n");
});

test("a log can be read from a point on, and only its end", () => {
  const { types, pass } = dockerMachine();
  types("docker run -d --name talk busybox sh -c 'echo 1; sleep 2; echo 2; sleep 2; echo 3'");
  pass(6);
  expect(types("docker logs --tail 2 talk")).toBe("2\n3\n");
  expect(types("docker logs --since 5s talk")).toBe("2\n3\n");
  expect(types("docker logs -t --tail 1 talk")).toMatch(/^2026-01-01T12:00:\d\d\.\d{9}Z 3\n$/);
});

test.each([
  ["--entrypoint '' busybox", "No command specified."],
  ["--stop-signal FOO busybox true", "Invalid signal: FOO."],
  [
    "-w rel busybox true",
    "the working directory 'rel' is invalid, it needs to be an absolute path.",
  ],
  ["--cap-add foo busybox true", 'invalid CapAdd: unknown capability: "CAP_FOO".'],
  ["--runtime x busybox true", "Unknown runtime specified x."],
  ["--log-driver x busybox true", 'error looking up logging plugin x: plugin "x" not found.'],
  ["--log-opt x busybox true", "unknown log opt 'x' for json-file log driver."],
  [
    "--oom-score-adj 1001 busybox true",
    "Invalid value 1001, range for oom score adj is [-1000, 1000].",
  ],
  ["--link no:x busybox true", "could not get container for no: No such container: no."],
  ["--tmpfs x busybox true", "invalid mount path: 'x' mount path must be absolute."],
  [
    "--mount type=foo,dst=/x busybox true",
    'invalid mount config for type "foo": mount type unknown.',
  ],
  [
    "--mount type=bind,src=/no,dst=/x busybox true",
    'invalid mount config for type "bind": bind source path does not exist: /no.',
  ],
])("docker run %s is refused, and leaves no container", (words, why) => {
  const { refuses, types } = dockerMachine("ubuntu-16.04");
  expect(refuses(`docker run ${words}`)).toBe(
    `docker: Error response from daemon: ${why}\nSee 'docker run --help'.\n`,
  );
  expect(types("docker ps -aq")).toBe("");
});

test.each([
  ["--ipc x busybox true", "Invalid IPC mode: x.", 125],
  [
    "--net none --ip 1.2.3.4 busybox true",
    "user specified IP address is supported on user defined networks only.",
    125,
  ],
  ["--net container:no busybox true", "No such container: no.", 125],
  [
    "busybox /tmp",
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/tmp": permission denied: unknown.',
    126,
  ],
])("docker run %s fails when the container starts", (words, why, exit) => {
  const { run, types } = dockerMachine("ubuntu-16.04");
  const outcome = run(`docker run --name xx ${words}`);
  expect(outcome.stderr).toContain(`docker: Error response from daemon: ${why}\n`);
  expect(outcome.exit).toBe(exit);
  expect(types("docker ps -a --format '{{.Names}} {{.Status}}'")).toBe("xx Created\n");
});

test("exec wants its working directory to be there", () => {
  const { run, types } = dockerMachine("ubuntu-16.04");
  types("docker run -d --name box -w /made/by/it busybox sleep 100");
  expect(types("docker exec box pwd")).toBe("/made/by/it\n");
  expect(run("docker exec -w /no box pwd")).toMatchObject({
    stdout:
      'OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("/no") set in config.json failed: no such file or directory: unknown\r\n',
    exit: 126,
  });
});
