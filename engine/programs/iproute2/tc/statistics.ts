import type { QdiscStatistics } from "../../../kernel/rtnetlink/messages.ts";

/** The lines of -s below a discipline or a class. */
export function statisticsText(statistics: QdiscStatistics): string {
  const { bytes, packets, drops, overlimits, requeues } = statistics;
  return (
    ` Sent ${bytes} bytes ${packets} pkt (dropped ${drops}, overlimits ${overlimits} requeues ${requeues}) \n` +
    ` backlog ${statistics.backlogBytes}b ${statistics.backlogPackets}p requeues ${requeues}\n`
  );
}
