import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("ps lists the processes in the layouts of procps", () => {
  const { h1 } = lab("h1 -- h2");
  h1.types("ps -p 1 -f").printsExactly(
    "UID          PID    PPID  C STIME TTY          TIME CMD\n" +
      "root           1       0  0 12:00 ?        00:00:00 /sbin/init\n",
  );
  h1.types("ps l -p 1").printsExactly(
    "F   UID     PID    PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND\n" +
      "0     0       1       0  20   0   4096  2048 -      Ss   ?          0:00 /sbin/init\n",
  );
  h1.types("ps -p 1 -o pid=,ppid=X,user:20,args").printsExactly(
    "              X USER                 COMMAND\n" +
      "      1       0 root                 /sbin/init\n",
  );
});

test("a forest draws children under their parents", () => {
  const { h1 } = lab("h1 -- h2");
  h1.types("(sleep 9; true) & ps -eo args --forest").shows(
    "/sbin/init\nbash",
    "\n \\_ bash",
    "\n |   \\_ ",
    "\n \\_ ps -eo args --forest",
  );
});

test("ps says what it cannot read", () => {
  const { h1 } = lab("h1 -- h2");
  h1.types("ps zz").complains("error: unsupported option (BSD syntax)\n\nUsage:\n ps [options]", 1);
  h1.types("ps -o foo").complains('error: unknown user-defined format specifier "foo"', 1);
  h1.types("ps -eL").complains("ps: Podwire does not model the option '-L'", 1);
  h1.types("ps -p 999").exits(1);
});

test("pgrep and pkill find processes by pattern", () => {
  const { h1 } = lab("h1 -- h2");
  h1.types("sleep 50 & pgrep -a sleep").shows(" sleep 50\n");
  h1.types("sleep 50 & pkill -e -x sleep").shows("sleep killed (pid ");
  h1.types("pgrep -x slee").exits(1);
  h1.types("pgrep").complains("pgrep: no matching criteria specified\nTry `pgrep --help'", 2);
});

test("kill as a program", () => {
  const { h1 } = lab("h1 -- h2");
  h1.types("/usr/bin/kill 9999").complains("/usr/bin/kill: (9999): No such process\n", 1);
  h1.types("/usr/bin/kill -l").printsExactly(
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT\n" +
      "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS\n",
  );
  h1.types("/usr/bin/kill -L | tail -n2").printsExactly(
    "22 TTOU    23 URG     24 XCPU    25 XFSZ    26 VTALRM  27 PROF    28 WINCH\n" +
      "29 POLL    30 PWR     31 SYS     \n",
  );
});

test("free and uptime", () => {
  const { h1 } = lab("h1 -- h2");
  h1.types("free -h").prints("Mem:           991Mi       183Mi       743Mi       512Ki");
  h1.types("uptime -p").prints("up 0 minutes\n");
});
