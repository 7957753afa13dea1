import { decodeUtf8 } from "../../../sim/utf8.ts";

const HTTP_PORTS = [80, 3128, 8080];
const FIRST_LINE =
  /^(HTTP\/|(GET|PUT|COPY|HEAD|LOCK|MOVE|POST|POLL|BCOPY|BMOVE|MKCOL|TRACE|LABEL|MERGE|DELETE|SEARCH|UNLOCK|REPORT|UPDATE|NOTIFY|OPTIONS|CHECKIN|PROPFIND|CHECKOUT|CCM_POST|PROPPATCH|SUBSCRIBE|UNCHECKOUT) )/;

export function isHttpPort(port: number): boolean {
  return HTTP_PORTS.includes(port);
}

/** The first line; with -v every header line of its own. */
export function httpText(payload: Uint8Array, verbosity: number): string {
  const text = decodeUtf8(payload);
  if (!FIRST_LINE.test(text)) return "HTTP";
  if (verbosity === 0) return `HTTP: ${text.split(/\r?\n/, 1)[0] ?? ""}`;
  const lines = text.split("\r\n");
  const end = lines.indexOf("");
  const shown = end < 0 ? lines : lines.slice(0, end);
  return `HTTP, length: ${payload.length}\n\t${shown.join("\n\t")}\n\t`;
}
