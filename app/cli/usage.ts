export const USAGE = `Usage: podwire COMMAND

Runs network labs without a window, as fast as the processor goes. The same input
prints the same output, byte for byte.

  podwire run LAB [--host H --command C]... [--script FILE] [--json]
      Switches a lab on and runs commands on its machines, in the order given.
        --host H          The machine that the following commands run on.
        --command C       A command line for its shell. May be given often.
        --script FILE     Commands from a file, one a line: "HOST: COMMAND"; lines
                          that start with # and empty ones are skipped.
        --seconds N       Lets N seconds of lab time pass first.
        --json            One JSON document with every command's output and status.
        --docker-api MACHINE[=SOCKET]
                          Then keeps the lab running, in real time, and serves the
                          machine's Docker engine on a unix socket for your own
                          docker command, until Ctrl-C. May be given often.
        --save FILE       Writes the lab as it is at the end.

  podwire trace LAB [--host H --command C]... [--script FILE]
      Runs commands as above and prints the journey of every packet that is under way
      while the last of them runs, one line a step: devices, bridges, hooks, rules,
      connections, rewritten addresses, routes, and how it ended.
        --filter EXPR     Only packets that match, in tcpdump's language. Otherwise
                          all of IPv4, without ARP.
        --packets N       Shows the first N (10).
        --json            One JSON document with the output and the journeys.

  podwire scenario FILE...
      Runs scenarios of the oracle's format and prints their transcripts as JSON.

  podwire record FILE...
      Runs scenarios on this machine's own kernel (Linux, root), writes their transcripts
      and prints where Podwire's differ.

  podwire check LAB...
      Says what is wrong with lab files, with line and column.

  podwire --help | --version

Exit status: 0 if all went well; 1 if a command, a check or a file failed (run, trace:
the status of the last command that failed); 2 if the command line makes no sense.
`;
