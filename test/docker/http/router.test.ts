import { expect, test } from "vitest";
import { encodeJson } from "../../../engine/docker/http/json.ts";
import { ROUTES, findRoute } from "../../../engine/docker/http/router.ts";

test.each([
  ["GET", "/containers/json"],
  ["POST", "/containers/web/start"],
  ["GET", "/images/registry.k8s.io/e2e-test-images/agnhost/json"],
  ["DELETE", "/images/nicolaka/netshoot:latest"],
  ["POST", "/networks/mynet/connect"],
  ["HEAD", "/_ping"],
])("%s %s is a page of the engine", (method, path) => {
  expect(findRoute(method, path)).toBeDefined();
});

test.each([
  ["GET", "/containers/web/start"],
  ["POST", "/swarm/init"],
  ["GET", "/containers/a/b/json"],
])("%s %s is not", (method, path) => {
  expect(findRoute(method, path)).toBeUndefined();
});

test("no two routes are the same", () => {
  const keys = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test("nanoseconds of events keep all their digits", () => {
  const record = { timeNano: 1_764_000_000_123_456_789n, list: [1, "ü", null], none: undefined };
  expect(encodeJson(record)).toBe('{"timeNano":1764000000123456789,"list":[1,"ü",null]}');
});
