/** The engine's drivers of logs and what each may be told; daemon/logger. */
import { ApiError } from "../api/errors.ts";
import type { HostConfig } from "../api/container.ts";

/** Of any driver. */
const COMMON = ["mode", "max-buffer-size"];
const TAGGED = ["env", "env-regex", "labels", "labels-regex", "tag"];

const OPTIONS: Readonly<Record<string, readonly string[] | "any">> = {
  "json-file": [...TAGGED, "compress", "max-file", "max-size"],
  local: ["compress", "max-file", "max-size"],
  journald: TAGGED,
  syslog: [
    ...TAGGED,
    ...["syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert"],
    ...["syslog-tls-cert", "syslog-tls-key", "syslog-tls-skip-verify"],
  ],
  none: "any",
  awslogs: "any",
  fluentd: "any",
  gcplogs: "any",
  gelf: "any",
  splunk: "any",
};

/** ApiError 400 */
export function checkLogConfig({ Type: driver, Config: options }: HostConfig["LogConfig"]): void {
  const known = Object.hasOwn(OPTIONS, driver) ? OPTIONS[driver] : undefined;
  if (known === undefined) {
    throw new ApiError(
      400,
      `error looking up logging plugin ${driver}: plugin "${driver}" not found`,
    );
  }
  if (known === "any") return;
  for (const name of Object.keys(options)) {
    if (known.includes(name) || COMMON.includes(name)) continue;
    throw new ApiError(400, `unknown log opt '${name}' for ${driver} log driver`);
  }
}
