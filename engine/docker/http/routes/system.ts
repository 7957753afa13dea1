import { encodeUtf8 } from "../../../sim/utf8.ts";
import type { Route } from "../call.ts";
import { ok } from "../reply.ts";

/** No BuildKit: clients then build with the engine's own builder. */
const PING_HEADERS = { "Builder-Version": "1", "Cache-Control": "no-cache" };

export const SYSTEM_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/_ping",
    run: () => ({
      kind: "bytes",
      status: 200,
      type: "text/plain; charset=utf-8",
      data: encodeUtf8("OK"),
      headers: PING_HEADERS,
    }),
  },
  {
    method: "HEAD",
    path: "/_ping",
    run: () => ({ kind: "empty", status: 200, headers: PING_HEADERS }),
  },
  { method: "GET", path: "/version", run: ({ api }) => ok(api.version()) },
  { method: "GET", path: "/info", run: ({ api }) => ok(api.info()) },
  { method: "GET", path: "/system/df", run: ({ api }) => ok(api.systemDataUsage()) },
  {
    method: "GET",
    path: "/events",
    run: (call) => {
      const since = call.number("since");
      const until = call.number("until");
      return {
        kind: "records",
        records: call.api.events({
          ...(since === undefined ? {} : { since }),
          ...(until === undefined ? {} : { until }),
          filters: call.filters(),
        }),
      };
    },
  },
];
