/** Containers that are saved with a lab are there again when it is opened. */
import { expect, test } from "vitest";
import { openLab, type HeadlessLab } from "../../../engine/headless.ts";

const LAB = `podwire: 1
nodes:
  - name: h
    kind: host
    at: [0, 0]
`;

function open(text: string): HeadlessLab {
  const opened = openLab(text);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  return opened.value;
}

/** What the commands print; they must all succeed. */
function types(lab: HeadlessLab, commands: string): string {
  const { stdout, stderr, exit } = lab.run("h", `set -e; ${commands}`);
  expect({ stderr, exit }, stdout).toMatchObject({ exit: 0 });
  return stdout;
}

const SHOWN =
  "docker inspect --format '{{.Id}} {{.Name}} {{.State.Status}} {{.State.ExitCode}} " +
  "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' web box shared done";

test("names, ids, addresses, logs, files and what runs come back", () => {
  const lab = open(LAB);
  types(
    lab,
    `docker pull -q nginx; docker pull -q busybox; docker network create --subnet 10.9.0.0/24 net
     docker volume create keep
     docker run -d --name first --net net busybox sleep 100
     docker run -d --name web --net net -p 8080:80 nginx
     docker run -d --name box --net net -v keep:/data busybox sh -c 'echo hello; sleep 1000'
     docker run -d --name shared --net container:web busybox sleep 1000
     docker run --name done busybox sh -c 'exit 3' || true
     docker exec box sh -c 'echo inside > /inside; echo kept > /data/kept'
     docker rm -f first`,
  );
  lab.pass(2);
  const before = types(lab, SHOWN);
  expect(before).toContain("/web running 0 10.9.0.3");

  const again = open(lab.save());
  again.pass(3);
  expect(types(again, SHOWN)).toBe(before);
  expect(types(again, "docker logs box")).toBe("hello\nhello\n");
  expect(types(again, "docker exec box cat /inside /data/kept")).toBe("inside\nkept\n");
  expect(types(again, "curl -s http://127.0.0.1:8080 | head -4 | tail -1")).toContain("Welcome");
  expect(types(again, "docker exec box wget -qO- http://web | head -4 | tail -1")).toContain(
    "Welcome",
  );
  expect(types(again, "docker network inspect net -f '{{(index .IPAM.Config 0).Subnet}}'")).toBe(
    "10.9.0.0/24\n",
  );
  expect(types(again, "iptables -S FORWARD | head -1")).toBe("-P FORWARD DROP\n");
});

test("images that were committed come back", () => {
  const lab = open(LAB);
  types(
    lab,
    `docker pull -q busybox; docker run --name base busybox sh -c 'echo mine > /mine'
     docker commit base mine:1; docker rm base`,
  );
  const again = open(lab.save());
  expect(types(again, "docker run --rm mine:1 cat /mine")).toBe("mine\n");
});

test("a machine whose engine was never used is saved without one", () => {
  expect(open(LAB).save()).not.toContain("docker");
});
