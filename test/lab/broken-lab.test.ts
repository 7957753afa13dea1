import { describe, expect, test } from "vitest";
import { MIGRATIONS, migrate } from "../../engine/lab/file/migrations.ts";
import { parseLab } from "../../engine/lab/file/parse.ts";
import { LAB_VERSION } from "../../engine/lab/file/schema.ts";

/** `line:column path: message`, one line a problem. */
function problems(text: string): string[] {
  const result = parseLab(text);
  if (result.ok) return [];
  return result.problems.map(
    ({ line, column, path, message }) => `${line}:${column} ${path ?? "-"}: ${message}`,
  );
}

const lab = (rest: string) => `podwire: 1\n${rest}`;

describe("a broken lab file is refused with the place and what was expected", () => {
  test.each([
    ["an unknown key", "nodez: []", ['2:1 nodez: unknown key "nodez"']],
    [
      "a missing name",
      "nodes:\n  - kind: host",
      ["3:5 nodes[0].name: expected text, found nothing"],
    ],
    [
      "a wrong kind",
      "nodes:\n  - name: h1\n    kind: hots",
      ['4:5 nodes[0].kind: expected "host", "router" or "switch", found "hots"'],
    ],
    [
      "a bad node name",
      "nodes:\n  - {name: my host, kind: host}",
      ["3:6 nodes[0].name: expected a host name: letters, digits, '-', '.' and '_', at most 63"],
    ],
    [
      "a bad address",
      "nodes:\n  - name: h1\n    kind: host\n    interfaces:\n      - name: eth0\n        addresses:\n          - 10.0.0.256/24",
      [
        '8:13 nodes[0].interfaces[0].addresses[0]: "10.0.0.256/24" is not an address such as 10.0.0.1/24',
      ],
    ],
    [
      "a route without a way",
      "nodes:\n  - {name: h1, kind: host, routes: [default]}",
      ["3:37 nodes[0].routes[0]: expected via, dev or nexthop"],
    ],
    [
      "an unknown kind of link",
      "nodes:\n  - {name: h1, kind: host, links: [{name: x, kind: wifi}]}",
      [
        '3:46 nodes[0].links[0].kind: expected "dummy", "veth", "bridge", "vlan", "macvlan", "vxlan" or "ipip", found "wifi"',
      ],
    ],
    [
      "two nodes of one name",
      "nodes:\n  - {name: h1, kind: host}\n  - {name: h1, kind: router}",
      ['4:6 nodes[1].name: there is already a node "h1"'],
    ],
    [
      "two interfaces of one name",
      "nodes:\n  - {name: h1, kind: host, interfaces: [{name: eth0}, {name: eth0}]}",
      ['3:56 nodes[0].interfaces[1].name: there is already an interface "eth0"'],
    ],
    [
      "a cable to nowhere",
      "nodes:\n  - {name: h1, kind: host}\ncables:\n  - ends: [h1:eth0, h2:eth0]",
      ['5:21 cables[0].ends[1]: there is no node "h2"'],
    ],
    [
      "a cable to an interface that is not there",
      "nodes:\n  - {name: h1, kind: host, interfaces: [{name: lan}]}\n  - {name: h2, kind: host}\ncables:\n  - ends: [h1:eth0, h2:wan]",
      [
        '6:12 cables[0].ends[0]: "h1" has no interface "eth0" (it has lan)',
        "6:21 cables[0].ends[1]: a host has interfaces eth0, eth1 …; to name another, list it",
      ],
    ],
    [
      "two cables in one interface",
      "nodes:\n  - {name: h1, kind: host}\n  - {name: h2, kind: host}\ncables:\n  - ends: [h1:eth0, h2:eth0]\n  - ends: [h1:eth0, h2:eth1]",
      ['7:12 cables[1].ends[0]: "h1:eth0" has a cable already (cables[0])'],
    ],
    [
      "a veth without its peer",
      "nodes:\n  - {name: h1, kind: host, links: [{name: v0, kind: veth, peer: v1}]}",
      ['3:59 nodes[0].links[0].peer: expected a veth "v1" whose peer is "v0"'],
    ],
    [
      "devices that sit on each other",
      "nodes:\n  - name: h1\n    kind: host\n    links:\n      - {name: a, kind: vlan, link: b, id: 1}\n      - {name: b, kind: vlan, link: a, id: 2}",
      [
        '6:31 nodes[0].links[0].link: "a" would sit on itself',
        '7:31 nodes[0].links[1].link: "b" would sit on itself',
      ],
    ],
    [
      "a bridge that is not there",
      "nodes:\n  - {name: h1, kind: host, interfaces: [{name: eth0, master: br0}]}",
      ['3:54 nodes[0].interfaces[0].master: there is no bridge "br0" here'],
    ],
    [
      "a path that climbs",
      "nodes:\n  - {name: h1, kind: host, files: {/root/../x: y}}",
      ["3:36 nodes[0].files[\"/root/../x\"]: expected an absolute path without '.' or '..'"],
    ],
    [
      "a terminal of no node",
      "terminals: [{node: h9}]",
      ['2:14 terminals[0].node: there is no node "h9"'],
    ],
    ["a key that is there twice", "name: a\nname: b", ['3:1 -: the key "name" is there twice']],
  ])("%s", (_, rest, expected) => {
    expect(problems(lab(rest))).toEqual(expected);
  });

  test("text that is not YAML", () => {
    expect(problems("podwire: 1\nnodes: [")[0]).toMatch(/^2:9 -: this is not YAML: /);
  });

  test("YAML that is not a lab", () => {
    expect(problems("[1, 2]")[0]).toContain("this is not a lab file");
    expect(problems("hello: world")[0]).toContain('expected "podwire: 1" in it');
    expect(problems("")[0]).toContain("this is not a lab file");
  });

  test("a lab from a newer Podwire", () => {
    expect(problems("podwire: 99\nnodes: []")).toEqual([
      "1:1 podwire: this lab was written by a newer Podwire (format 99; this one reads up to 1)",
    ]);
  });
});

describe("a hostile file is refused at once", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [index, name] of [..."bcdefghij"].entries()) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(", ")}]`);
  }

  test.each([
    ["aliases that multiply", bomb.join("\n"), /aliases/],
    ["nesting without end", "[".repeat(1_000_000), /nested too deeply/],
    ["nested lists", "- ".repeat(100_000), /nested too deeply/],
    ["too much text", `podwire: 1\nname: ${"x".repeat(9 << 20)}`, /longer than/],
    ["a list that contains itself", "podwire: 1\nnodes: &a [*a]", /expected a mapping/],
    ["a foreign tag", "podwire: 1\nname: !!js/function 'x'\nfoo: 1", /unknown key "foo"/],
    ["the prototype as a key", "podwire: 1\n__proto__: {polluted: 1}", /__proto__/],
  ])("%s", (_, text, message) => {
    expect(problems(text).join("\n")).toMatch(message);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("older versions are brought up one step at a time", () => {
  const steps = [
    (old: Record<string, unknown>) => ({ ...old, hosts: old["machines"] }),
    (old: Record<string, unknown>) => ({ ...old, last: true }),
  ];

  test("from the oldest to the newest", () => {
    expect(migrate({ podwire: 1, machines: 3 }, steps)).toEqual({
      ok: true,
      lab: { podwire: 3, machines: 3, hosts: 3, last: true },
    });
  });

  test("from the middle, only what is missing", () => {
    expect(migrate({ podwire: 2 }, steps)).toEqual({ ok: true, lab: { podwire: 3, last: true } });
  });

  test("the newest is left as it is, a newer one is refused", () => {
    expect(migrate({ podwire: 3 }, steps)).toEqual({ ok: true, lab: { podwire: 3 } });
    expect(migrate({ podwire: 4 }, steps)).toMatchObject({ ok: false });
    expect(migrate({ podwire: "1" }, steps)).toMatchObject({ ok: false });
  });

  test("the version written is one more than there are migrations", () => {
    expect(LAB_VERSION).toBe(MIGRATIONS.length + 1);
  });
});

test("the smallest lab by hand: a node needs a name and a kind", () => {
  expect(parseLab("podwire: 1\nnodes: [{name: h1, kind: host}]")).toMatchObject({
    ok: true,
    value: { podwire: 1, nodes: [{ name: "h1", kind: "host" }] },
  });
});
