/** A journey as text, one line a step. */
import type { Fate, Journey, Place } from "./journey.ts";

const NS_PER_US = 1000;

const FATES: Readonly<Record<Fate, string>> = {
  delivered: "delivered",
  dropped: "dropped",
  waiting: "still waiting for a neighbour's address",
  lost: "arrived nowhere",
};

/** Ends with a newline. */
export function printJourney(journey: Journey): string {
  const places = journey.steps.map(({ place }) => placeText(place));
  const width = Math.max(0, ...places.map(({ length }) => length));
  const lines = journey.steps.map((step, index) => {
    const time = ((step.atNs - journey.startNs) / NS_PER_US).toFixed(0).padStart(9);
    const place = (places[index] ?? "").padEnd(width);
    return `${time} µs  ${place}  ${step.stage.padEnd(11)} ${step.text}`.trimEnd();
  });
  if (journey.stepsLeftOut > 0) lines.push(`  … and ${journey.stepsLeftOut} more steps`);
  const title = `packet ${journey.id}: ${journey.packet}`;
  return [title, ...lines, `  ${FATES[journey.fate]}`].map((line) => `${line}\n`).join("");
}

function placeText({ machine, namespace }: Place): string {
  return namespace === undefined ? machine : `${machine}/${namespace}`;
}
