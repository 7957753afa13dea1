import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("the local device's MTU is found before the first hop answers", () => {
  const { a } = lab("a -- b");
  a.types("tracepath -n 10.0.0.2").prints(
    " 1?: [LOCALHOST]                      pmtu 1500\n",
    " 1:  10.0.0.2                                              0.",
    "ms reached\n     Resume: pmtu 1500 hops 1 back 1 \n",
  );
});

test("to oneself no packet is too long", () => {
  const { a } = lab("a -- b");
  a.types("tracepath -n 127.0.0.1").prints("reached\n     Resume: pmtu 65535 hops 1 back 1 \n");
});

test("without a route sending fails", () => {
  const { a } = lab("a -- b");
  a.types("tracepath -n 99.9.9.9").printsExactly(" 1:  send failed\n     Resume: pmtu 65535 \n");
});

test("a neighbour that is not there is unreachable", () => {
  const { a } = lab("a -- b");
  a.types("tracepath -n 10.0.0.99").prints("ms !H\n     Resume: pmtu 1500 \n");
});
