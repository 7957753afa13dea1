/** A machine with the shell and the plain tools, for tests of command lines. */
import { PROGRAMS } from "../../engine/programs/index.ts";
import { smallMachine, type TestMachine } from "../support/small-machine.ts";

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | undefined;
}

export function shellMachine(): TestMachine {
  const machine = smallMachine(PROGRAMS);
  machine.run(function* (sys) {
    sys.writeFile("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    yield* sys.yieldCpu();
    return 0;
  });
  return machine;
}

/** `bash -c SCRIPT`, or another command line, in a machine of its own. */
export function runShellCommand(
  argv: readonly string[],
  options: { readonly machine?: TestMachine; readonly cwd?: string } = {},
): ShellResult {
  const machine = options.machine ?? shellMachine();
  const result = machine.run(function* (sys) {
    sys.env.set("PATH", "/usr/bin:/bin");
    sys.env.set("HOME", "/root");
    sys.env.set("LANG", "C.UTF-8");
    sys.chdir(options.cwd ?? "/tmp");
    return yield* sys.exec(`/usr/bin/${argv[0] as string}`, argv);
  });
  return { stdout: result.out, stderr: result.err, status: result.status };
}
