/** `-w`: what is printed after a transfer; src/tool_writeout.c. */
import type { Ns } from "../../sim/clock.ts";

export interface TransferFacts {
  readonly url: string;
  effectiveUrl: string;
  method: string;
  scheme: string;
  status: number;
  httpVersion: string;
  contentType: string | undefined;
  redirectUrl: string | undefined;
  redirects: number;
  connects: number;
  headers: number;
  localIp: string;
  localPort: number;
  remoteIp: string;
  remotePort: number;
  downloaded: number;
  uploaded: number;
  headerBytes: number;
  requestBytes: number;
  file: string | undefined;
  exitCode: number;
  error: string | undefined;
  /** Since the transfer began. */
  times: Record<
    "namelookup" | "connect" | "pretransfer" | "starttransfer" | "redirect" | "total",
    Ns
  >;
}

export function emptyFacts(url: string): TransferFacts {
  return {
    url,
    effectiveUrl: url,
    method: "GET",
    scheme: "",
    status: 0,
    httpVersion: "0",
    contentType: undefined,
    redirectUrl: undefined,
    redirects: 0,
    connects: 0,
    headers: 0,
    localIp: "",
    localPort: 0,
    remoteIp: "",
    remotePort: 0,
    downloaded: 0,
    uploaded: 0,
    headerBytes: 0,
    requestBytes: 0,
    file: undefined,
    exitCode: 0,
    error: undefined,
    times: {
      namelookup: 0,
      connect: 0,
      pretransfer: 0,
      starttransfer: 0,
      redirect: 0,
      total: 0,
    },
  };
}

type Value = string | number | undefined;

const seconds = (ns: Ns): string => (Math.floor(ns / 1000) / 1e6).toFixed(6);

const speed = (bytes: number, ns: Ns): number => Math.floor((bytes * 1e9) / Math.max(ns, 1000));

/** In the order of %{json}. */
const VARIABLES: Readonly<Record<string, (facts: TransferFacts) => Value>> = {
  content_type: (f) => f.contentType,
  errormsg: (f) => f.error,
  exitcode: (f) => f.exitCode,
  filename_effective: (f) => f.file,
  http_code: (f) => String(f.status).padStart(3, "0"),
  http_connect: () => "000",
  http_version: (f) => f.httpVersion,
  local_ip: (f) => f.localIp,
  local_port: (f) => f.localPort,
  method: (f) => f.method,
  num_connects: (f) => f.connects,
  num_headers: (f) => f.headers,
  num_redirects: (f) => f.redirects,
  redirect_url: (f) => f.redirectUrl,
  remote_ip: (f) => f.remoteIp,
  remote_port: (f) => f.remotePort,
  response_code: (f) => String(f.status).padStart(3, "0"),
  scheme: (f) => f.scheme.toUpperCase(),
  size_download: (f) => f.downloaded,
  size_header: (f) => f.headerBytes,
  size_request: (f) => f.requestBytes,
  size_upload: (f) => f.uploaded,
  speed_download: (f) => speed(f.downloaded, f.times.total),
  speed_upload: (f) => speed(f.uploaded, f.times.total),
  ssl_verify_result: () => 0,
  time_appconnect: () => seconds(0),
  time_connect: (f) => seconds(f.times.connect),
  time_namelookup: (f) => seconds(f.times.namelookup),
  time_pretransfer: (f) => seconds(f.times.pretransfer),
  time_redirect: (f) => seconds(f.times.redirect),
  time_starttransfer: (f) => seconds(f.times.starttransfer),
  time_total: (f) => seconds(f.times.total),
  url: (f) => f.url,
  url_effective: (f) => f.effectiveUrl,
  urlnum: () => 0,
};

export interface WrittenOut {
  readonly stdout: string;
  readonly stderr: string;
}

export function writeOut(format: string, facts: TransferFacts): WrittenOut {
  let errors = "";
  const stdout: string[] = [];
  const stderr: string[] = [];
  let target = stdout;
  for (const [token] of format.matchAll(/%\{[^}]*\}|%%|\\[nrt\\]|[^%\\]+|[%\\]/g)) {
    if (token === "%%") target.push("%");
    else if (token === "\\n") target.push("\n");
    else if (token === "\\r") target.push("\r");
    else if (token === "\\t") target.push("\t");
    else if (token === "%{stderr}") target = stderr;
    else if (token === "%{stdout}") target = stdout;
    else if (token === "%{onerror}") {
      if (facts.exitCode === 0) break;
    } else if (token.startsWith("%{")) {
      const name = token.slice(2, -1);
      const variable = VARIABLES[name];
      if (!variable) errors += `curl: unknown --write-out variable: '${name}'\n`;
      else target.push(String(variable(facts) ?? ""));
    } else target.push(token);
  }
  return { stdout: stdout.join(""), stderr: errors + stderr.join("") };
}
