/** The parts of a URL, as far as http clients look at them. RFC 3986 */
export interface Url {
  /** In lower case. */
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number;
  /** The port was written. */
  readonly hasPort: boolean;
  /** Path and query, at least `/`. */
  readonly target: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ftp: 21,
  telnet: 23,
};

/** Undefined when it is malformed. Without a scheme it is http. */
export function parseUrl(text: string): Url | undefined {
  if (/[\s\u0000-\u001f]/.test(text)) return undefined;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)([^#]*)/.exec(text);
  const scheme = (match?.[1] ?? "http").toLowerCase();
  let authority = match?.[2] ?? "";
  const at = authority.lastIndexOf("@");
  const login = at < 0 ? undefined : authority.slice(0, at);
  authority = authority.slice(at + 1);
  const colon = /:([^:]*)$/.exec(authority);
  const host = colon ? authority.slice(0, colon.index) : authority;
  const portText = colon?.[1] ?? "";
  if (host === "" || !/^\d*$/.test(portText) || Number(portText) > 65535) return undefined;
  if (/["<>\\^`{|}]/.test(host)) return undefined;
  const rest = match?.[3] ?? "";
  const [user, ...password] = login?.split(":") ?? [];
  return {
    scheme,
    user: user === undefined ? undefined : decodePercent(user),
    password: login?.includes(":") ? decodePercent(password.join(":")) : undefined,
    host,
    port: portText === "" ? (DEFAULT_PORTS[scheme] ?? 0) : Number(portText),
    hasPort: portText !== "",
    target: withoutDotSegments(rest.startsWith("/") ? rest : `/${rest}`),
  };
}

/** As it is printed back: the default port is left out unless it was written. */
export function formatUrl(url: Url): string {
  const port = url.hasPort ? `:${url.port}` : "";
  return `${url.scheme}://${url.host}${port}${url.target}`;
}

/** What a `Location` header means, RFC 3986 §5.2. */
export function resolveUrl(base: Url, location: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return location;
  const port = base.hasPort ? `:${base.port}` : "";
  const origin = `${base.scheme}://${base.host}${port}`;
  if (location.startsWith("//")) return `${base.scheme}:${location}`;
  if (location.startsWith("/")) return origin + location;
  const path = base.target.replace(/\?.*$/, "");
  if (location.startsWith("?")) return origin + path + location;
  return origin + path.slice(0, path.lastIndexOf("/") + 1) + location;
}

/** RFC 3986 §5.2.4 */
function withoutDotSegments(target: string): string {
  const query = target.indexOf("?");
  const path = query < 0 ? target : target.slice(0, query);
  if (!/\/\.\.?(\/|$)/.test(path)) return target;
  const out: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === "..") out.pop();
    if (segment === "." || segment === "..") {
      if (isLast) out.push("");
    } else out.push(segment);
  }
  return `/${out.join("/")}${query < 0 ? "" : target.slice(query)}`;
}

export function decodePercent(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
