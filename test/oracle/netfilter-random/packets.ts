/** Commands that send a few packets through the router of the world. */
import fc from "fast-check";
import { number, pick, type Words } from "./words.ts";

/** What ping says, without the times. */
const SAID = "grep -v -e '^rtt' -e '^$' | sed 's/time.*//'";

const far = pick("10.0.1.2", "10.0.0.1", "10.0.1.1", "10.0.1.3", "10.0.1.9");

const ping = fc.oneof(
  far.map((to) => `ping -n -c 1 -W 0.3 ${to} 2>&1 | ${SAID}`),
  fc
    .tuple(pick("-s 2000", "-t 1", "-Q 0x10", "-s 1472 -M do", "-t 2", "-m 1"), far)
    .map(([option, to]) => `ping -n -c 1 -W 0.3 ${option} ${to} 2>&1 | ${SAID}`),
);

const tcp = fc
  .tuple(far, pick("80", "81", "443"), number(30000, 30999))
  .map(([to, at, from]) => `timeout 0.4 nc -zv -p ${from} ${to} ${at} 2>&1; echo tcp $?`);

const udp = fc.oneof(
  fc
    .tuple(far, pick("53", "1500", "80"), number(31000, 31999))
    .map(
      ([to, at, from]) =>
        `echo xyz | timeout 0.2 nc -u -p ${from} ${to} ${at} > /dev/null 2>&1; echo udp`,
    ),
  fc
    .tuple(far, number(32000, 32999))
    .map(
      ([to, from]) =>
        `head -c 3000 /dev/zero | timeout 0.2 socat -u -b 3000 - UDP:${to}:1500,sourceport=${from}; echo long`,
    ),
);

export const packet: Words = fc.oneof(ping, tcp, udp);
