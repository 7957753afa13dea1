import type { Ipv4, Mac } from "../../net/address.ts";
import type { Random } from "../../sim/random.ts";
import type { Release } from "../daemon/release.ts";

/** 02:42, then the address. */
export function macOfAddress(address: Ipv4): Mac {
  return (0x0242_0000_0000 + address) as Mac;
}

/** Locally administered; 20.10 begins them all with 02:42. */
export function randomMac(random: Random, release: Release): Mac {
  const low = random.uint32();
  if (release === "20.10") return (0x0242_0000_0000 + low) as Mac;
  const high = ((random.below(256) & 0xfe) | 0x02) * 256 + random.below(256);
  return (high * 2 ** 32 + low) as Mac;
}
