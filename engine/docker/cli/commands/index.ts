/** Every command that is modelled, a line each. */
import type { Command } from "../command.ts";
import { compose } from "../../compose/compose.ts";
import { attach } from "./container/attach.ts";
import { commit } from "./container/commit.ts";
import { copy } from "./container/copy.ts";
import { create } from "./container/create.ts";
import { diff } from "./container/diff.ts";
import { exec } from "./container/exec.ts";
import { inspect as containerInspect } from "./container/inspect.ts";
import { kill } from "./container/kill.ts";
import { list as containerList } from "./container/list.ts";
import { logs } from "./container/logs.ts";
import { pause, unpause } from "./container/pause.ts";
import { port } from "./container/port.ts";
import { prune as containerPrune } from "./container/prune.ts";
import { remove as containerRemove } from "./container/remove.ts";
import { rename } from "./container/rename.ts";
import { restart } from "./container/restart.ts";
import { run } from "./container/run.ts";
import { start } from "./container/start.ts";
import { stats } from "./container/stats.ts";
import { stop } from "./container/stop.ts";
import { top } from "./container/top.ts";
import { update } from "./container/update.ts";
import { wait } from "./container/wait.ts";
import { list as contextList, show as contextShow, use as contextUse } from "./context/list.ts";
import { build } from "./image/build.ts";
import { history } from "./image/history.ts";
import { inspect as imageInspect } from "./image/inspect.ts";
import { list as imageList } from "./image/list.ts";
import { prune as imagePrune } from "./image/prune.ts";
import { pull, push } from "./image/pull.ts";
import { remove as imageRemove } from "./image/remove.ts";
import { tag } from "./image/tag.ts";
import { connect, disconnect } from "./network/connect.ts";
import { create as networkCreate } from "./network/create.ts";
import { inspect as networkInspect } from "./network/inspect.ts";
import { list as networkList } from "./network/list.ts";
import { prune as networkPrune } from "./network/prune.ts";
import { remove as networkRemove } from "./network/remove.ts";
import { df } from "./system/df.ts";
import { events } from "./system/events.ts";
import { info } from "./system/info.ts";
import { inspect } from "./system/inspect.ts";
import { prune as systemPrune } from "./system/prune.ts";
import { version } from "./system/version.ts";
import { create as volumeCreate } from "./volume/create.ts";
import { inspect as volumeInspect } from "./volume/inspect.ts";
import { list as volumeList } from "./volume/list.ts";
import { prune as volumePrune } from "./volume/prune.ts";
import { remove as volumeRemove } from "./volume/remove.ts";

export const COMMANDS: readonly Command[] = [
  attach,
  commit,
  compose,
  copy,
  create,
  diff,
  exec,
  containerInspect,
  kill,
  containerList,
  logs,
  pause,
  unpause,
  port,
  containerPrune,
  containerRemove,
  rename,
  restart,
  run,
  start,
  stats,
  stop,
  top,
  update,
  wait,
  contextList,
  contextShow,
  contextUse,
  build,
  history,
  imageInspect,
  imageList,
  imagePrune,
  pull,
  push,
  imageRemove,
  tag,
  connect,
  disconnect,
  networkCreate,
  networkInspect,
  networkList,
  networkPrune,
  networkRemove,
  df,
  events,
  info,
  inspect,
  systemPrune,
  version,
  volumeCreate,
  volumeInspect,
  volumeList,
  volumePrune,
  volumeRemove,
];
