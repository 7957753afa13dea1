/** Tells the namespace's tracer what a packet meets in the tables. */
import type { PacketTracer } from "../../packet-tracer.ts";
import type { RuleListener } from "./ruleset.ts";

/** `also` is told the same. */
export function ruleReporter(tracer: PacketTracer, also: RuleListener | undefined): RuleListener {
  return {
    rule(context, chain, number, rule) {
      const { packet, hook, table } = context;
      tracer(packet, { kind: "rule", hook, table, chain, number, rule });
      also?.rule(context, chain, number, rule);
    },
    end: (context, chain, number) => also?.end(context, chain, number),
    policy(context, chain, number, policy) {
      const { packet, table } = context;
      tracer(packet, { kind: "policy", family: "ip", table, chain, policy });
      also?.policy(context, chain, number, policy);
    },
  };
}
