/** RT_SCOPE_*: numbers in the kernel, words in the messages. */
import {
  SCOPE_HOST,
  SCOPE_LINK,
  SCOPE_NOWHERE,
  SCOPE_SITE,
  SCOPE_UNIVERSE,
} from "../ip/in-device.ts";
import type { RouteScope } from "./messages.ts";

const NUMBERS: Readonly<Record<RouteScope, number>> = {
  global: SCOPE_UNIVERSE,
  site: SCOPE_SITE,
  link: SCOPE_LINK,
  host: SCOPE_HOST,
  nowhere: SCOPE_NOWHERE,
};

export function scopeNumber(scope: RouteScope): number {
  return NUMBERS[scope];
}

export function scopeName(number: number): RouteScope {
  const names = Object.keys(NUMBERS) as RouteScope[];
  return names.find((name) => NUMBERS[name] === number) ?? "global";
}
