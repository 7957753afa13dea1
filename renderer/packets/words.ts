import type { Fate, Step } from "../../engine/session.ts";

export const FATE_WORDS: Readonly<Record<Fate, string>> = {
  delivered: "delivered",
  dropped: "dropped",
  waiting: "waits for a neighbour's address",
  lost: "has not arrived",
};

/** `h1`, or `h1/web` in a namespace. */
export function placeWords({ machine, namespace }: Step["place"]): string {
  return namespace === undefined ? machine : `${machine}/${namespace}`;
}

/** `12 µs`, `3.4 ms`, `1.2 s` */
export function durationWords(ns: number): string {
  if (ns < 1e6) return `${Math.round(ns / 1e3)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(1)} s`;
}
