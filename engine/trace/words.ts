/** A step in words. */
import type { StepDetail } from "./journey.ts";

/** `stage` is one word, as a heading; `text` says what happened there. */
export function wordsOf(step: StepDetail): readonly [stage: string, text: string] {
  switch (step.kind) {
    case "in":
      return ["in", step.device];
    case "out":
      return ["out", step.device];
    case "bridge": {
      const { bridge, ports, flooded } = step;
      if (ports.length > 0)
        return ["bridge", `${bridge}: ${flooded ? "flooded" : "forwarded"} to ${ports.join(", ")}`];
      return ["bridge", flooded ? `${bridge}: no port takes it` : `${bridge}: for this machine`];
    }
    case "hook":
      return [step.hook, devices(step.input, step.output)];
    case "rule": {
      const { table, chain, number, rule } = step;
      return [tableText(step), `${table} ${chain} ${number}: ${rule}`];
    }
    case "policy":
      return [tableText(step), `${step.table} ${step.chain}: policy ${step.policy}`];
    case "conntrack": {
      const { state, original, reply } = step;
      return [
        "conntrack",
        original === undefined ? state : `${state} ${original}, answers ${reply}`,
      ];
    }
    case "rewrite":
      return [step.by, `${step.field} ${step.from} is now ${step.to}`];
    case "route":
      return ["route", routeText(step)];
    case "neighbour": {
      const { address, device, state, mac } = step;
      const known = mac === undefined ? "its address is asked for" : `at ${mac} (${state})`;
      return ["neighbour", `${address} on ${device}: ${known}`];
    }
    case "deliver":
      if (step.socket === undefined) return ["deliver", "to the kernel"];
      return [
        "deliver",
        `to socket ${step.socket}${step.process === undefined ? "" : ` of ${step.process}`}`,
      ];
    case "drop":
      return ["DROP", `${step.explanation}${step.device === undefined ? "" : ` (${step.device})`}`];
  }
}

function tableText({ family }: { readonly family: "ip" | "bridge" }): string {
  return family === "ip" ? "iptables" : "ebtables";
}

function devices(input: string | undefined, output: string | undefined): string {
  return [
    ...(input === undefined ? [] : [`from ${input}`]),
    ...(output === undefined ? [] : [`to ${output}`]),
  ].join(" ");
}

function routeText(step: Extract<StepDetail, { readonly kind: "route" }>): string {
  const { to, device, gateway, table } = step;
  const by = table === undefined ? "" : ` (table ${table})`;
  if (to !== "forward" && to !== "output")
    return `for this machine${to === "local" ? "" : ` (${to})`}${by}`;
  const via = gateway === undefined ? "" : ` via ${gateway}`;
  return `${to === "forward" ? "forwarded" : "sent"}${via} dev ${device}${by}`;
}
