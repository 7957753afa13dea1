/** Container images that a lab file defines. */
import { expect, test } from "vitest";
import type { Notice } from "../../../engine/session.ts";
import { TestSession } from "../../support/session.ts";

const LAB = `podwire: 1
nodes:
  - {name: h1, kind: host, at: [0, 0]}
images:
  - name: shop/cart:2
    base: busybox
    service:
      port: 8080
      paths:
        /: {body: "the cart\\n"}
        /slow: {body: "late\\n", delayMs: 1500}
        "*": {status: 503, body: "no\\n"}
  - name: greeter
    base: alpine
    files:
      /greeting: hello from the lab
    command: [cat, /greeting]
`;

function run(session: TestSession, command: string): string {
  session.session.runCommand("h1", command);
  session.pass(10);
  const ended = session.notices.filter((notice) => notice.kind === "command-ended");
  return (ended.at(-1) as Extract<Notice, { kind: "command-ended" }>).output;
}

test("an image with a service answers as the file describes", () => {
  const lab = TestSession.open(LAB);
  run(lab, "docker run -d --name cart shop/cart:2");
  const url = "http://172.17.0.2:8080";
  expect(run(lab, `curl -s ${url}/; curl -s ${url}/slow; curl -si ${url}/x | head -1`)).toBe(
    "the cart\nlate\nHTTP/1.1 503 Service Unavailable\r\n",
  );
  expect(run(lab, "docker images --format '{{.Repository}}:{{.Tag}}'")).toBe("shop/cart:2\n");
});

test("an image with files runs its command", () => {
  const lab = TestSession.open(LAB);
  expect(run(lab, "docker run --rm greeter 2>/dev/null")).toBe("hello from the lab");
});

test("the palette offers the lab's own images, and forgets them with the lab", () => {
  const lab = TestSession.open(LAB);
  const references = () => lab.session.images().map(({ reference }) => reference);
  expect(references()).toContain("shop/cart:2");
  lab.session.newLab();
  expect(references()).not.toContain("shop/cart:2");
});

test("saved and opened again, its containers run", () => {
  const lab = TestSession.open(LAB);
  run(lab, "docker run -d --name cart shop/cart:2");
  const again = TestSession.open(lab.session.save());
  expect(again.session.save()).toContain("name: shop/cart:2");
  expect(run(again, "curl -s http://172.17.0.2:8080/")).toBe("the cart\n");
});

test("a base that does not exist, and a name that is taken, are complained of", () => {
  const lab = TestSession.open(LAB);
  const broken = LAB.replace("base: busybox", "base: nosuch").replace("greeter", "nginx");
  const outcome = lab.session.open(broken);
  expect(outcome.ok ? [] : outcome.problems.map(({ path, message }) => [path, message])).toEqual([
    ["images[0].base", 'there is no image "nosuch" in the registry'],
    ["images[1].name", 'there is already an image "nginx"'],
  ]);
});
