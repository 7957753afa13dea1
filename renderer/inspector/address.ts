/**
 * Why this is no interface address, in words; undefined when it is one. IPv4 is checked here for
 * an answer while typing; IPv6 and what follows an address (`brd`, `scope` …) are the session's.
 */
export function addressProblem(text: string): string | undefined {
  if (text.includes(":")) return undefined;
  const [address = "", prefix, ...rest] = text.trim().split(/\s/, 1).join("").split("/");
  if (rest.length > 0) return "Only one / is allowed";
  const octets = address.split(".");
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet))) {
    return "Expected an address such as 10.0.0.1/24";
  }
  const large = octets.find((octet) => Number(octet) > 255);
  if (large !== undefined) return `${large} is more than 255`;
  if (prefix === undefined) return "Add the prefix length, such as /24";
  if (!/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) {
    return "The prefix length is 0 to 32";
  }
  return undefined;
}
